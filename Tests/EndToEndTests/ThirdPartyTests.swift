import Foundation
import Glibc
import LocalAPI
import Testing

/// Against django-oauth-toolkit: a real issuer, with its own idea of the standards, over TLS with an authority that only
/// `ca_file` names.
@Suite(
    "A third party's issuer",
    .enabled(ThirdPartyIssuer.requirements) { await ThirdPartyIssuer.isPossible.value },
    .timeLimit(.minutes(3))
)
struct ThirdPartyTests {
    @Test("login, five rotations, a restart and the logout go through, and no refresh token is used twice")
    func wholeLife() async throws {
        try await ThirdPartyIssuer.with { issuer, house in
            try house.configure(issuer.account())
            try await house.start()
            try await issuer.logIn(at: house)
            let first = try await house.token()
            #expect(first.scope == ["openid", "mail"])
            #expect(first.issuer == issuer.url)
            // Tokens live for 3 s, so these renewals come by themselves.
            let events = try house.events()
            try await events.until { $0.events(.token, of: "example").count >= 6 }
            try await house.restart()
            _ = try await house.output("refresh", "example")
            #expect(try await house.output("token", "example") != first.accessToken)
            // Between the answer and the question the token may have been renewed, and so revoked.
            var isActive = false
            for _ in 0..<5 where !isActive {
                isActive = try await issuer.isActive(accessToken: house.output("token", "example"))
            }
            #expect(isActive)
            #expect(try await house.account().lastError == nil)
            let made = try await issuer.ask(
                "SELECT count(*), count(DISTINCT token_family) FROM oauth2_provider_refreshtoken"
            )
            let parts = made.split(separator: "|").compactMap { Int($0) }
            #expect(parts[0] >= 7 && parts[1] == 1, "rotations of one login: \(made)")
            let live = try await issuer.ask("SELECT token FROM oauth2_provider_refreshtoken ORDER BY id DESC LIMIT 1")

            let logout = try await house.tokenctl("logout", "example")
            #expect(logout.status == 0, "\(logout)")
            #expect(logout.errors == "tokenctl: logged out of example: wiped, and revoked at the issuer\n")
            #expect(
                try await issuer.ask("SELECT count(*) FROM oauth2_provider_refreshtoken WHERE revoked IS NULL") == "0"
            )
            #expect(try await issuer.ask("SELECT count(*) FROM oauth2_provider_accesstoken") == "0")
            #expect(try await issuer.refresh(with: live).contains("invalid_grant"))
            #expect(try await house.tokenctl("token", "example").status == 77)
        }
    }

    @Test("a refresh token that somebody else has used ends the login, which is told with its remedy")
    func stolenRefreshToken() async throws {
        try await ThirdPartyIssuer.with(tokenLifetime: 3600) { issuer, house in
            try house.configure(issuer.account())
            try await house.start()
            try await issuer.logIn(at: house)
            let stolen = try await issuer.ask("SELECT token FROM oauth2_provider_refreshtoken")
            _ = try await house.output("refresh", "example")
            // The thief comes after the grace, which is not to be waited for.
            _ = try await issuer.ask(
                "UPDATE oauth2_provider_refreshtoken SET revoked = '2000-01-01 00:00:00' WHERE revoked IS NOT NULL"
            )
            #expect(try await issuer.refresh(with: stolen).contains("invalid_grant"))
            let refresh = try await house.tokenctl("refresh", "example")
            #expect(refresh.status == 77, "\(refresh)")
            #expect(refresh.errors.hasSuffix("; run: tokenctl login example\n"))
            try await issuer.logIn(at: house)
            _ = try await house.output("refresh", "example")
        }
    }

    @Test("a refresh token that was obtained elsewhere is taken over")
    func takenOver() async throws {
        try await ThirdPartyIssuer.with(tokenLifetime: 3600) { issuer, house in
            try house.configure(issuer.account())
            try await house.start()
            try await issuer.logIn(at: house)
            try await house.stop()
            let refreshToken = try await issuer.ask("SELECT token FROM oauth2_provider_refreshtoken")
            try await House.with { heir in
                try heir.configure(issuer.account())
                try await heir.start()
                let login = try await heir.tokenctl(
                    "login",
                    "example",
                    "--refresh-token-stdin",
                    input: refreshToken + "\n"
                )
                #expect(login.status == 0, "\(login)")
                let token = try await heir.output("token", "example")
                #expect(try await issuer.isActive(accessToken: token))
                _ = try await heir.output("refresh", "example")
                let wrong = try await heir.tokenctl("login", "example", "--refresh-token-stdin", input: "wrong\n")
                #expect(wrong.status == 76, "\(wrong)")
                #expect(try await heir.account().state == .fresh, "a login that fails changes nothing")
                _ = try await heir.output("refresh", "example")
            }
        }
    }

    @Test("without ca_file the certificate is refused, clearly, and nothing is sent; with it again, all is well")
    func unknownAuthority() async throws {
        try await ThirdPartyIssuer.with(tokenLifetime: 3600) { issuer, house in
            try house.configure(issuer.account(caFile: false))
            try await house.start()
            let login = try await house.tokenctl("login", "example")
            #expect(login.status == 75, "\(login)")
            #expect(login.errors.contains("tls"), "\(login)")
            #expect(login.errors.contains("certificate"), "\(login)")
            #expect(issuer.requests.isEmpty)

            try house.configure(issuer.account())
            try await house.reload()
            try await issuer.logIn(at: house)
            let token = try await house.output("token", "example")
            let requests = issuer.requests.count
            try house.configure(issuer.account(caFile: false))
            try await house.reload()
            #expect(
                try await house.output("token", "example") == token,
                "the trust anchor does not concern what is held"
            )
            let refresh = try await house.tokenctl("refresh", "example")
            #expect(refresh.status == 75, "\(refresh)")
            #expect(try await house.account().lastError?.code == "tls")
            #expect(issuer.requests.count == requests)
            #expect(try await house.output("token", "example") == token)

            try house.configure(issuer.account())
            try await house.reload()
            _ = try await house.output("refresh", "example")
        }
    }
}
