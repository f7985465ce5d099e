import Foundation
import LocalAPI
import SandboxIssuer
import Synchronization
import Testing
import TokenClient

@Suite("Readers", .timeLimit(.minutes(2)))
struct ReaderTests {
    @Test("200 who read an expired token at once cause one request and all get the same new token")
    func manyReaders() async throws {
        try await House.with(issuer: .quick(lifetime: 1, .rotating(grace: .seconds(60)))) { house, issuer in
            try await house.start()
            try await house.logIn()
            try await house.kill()
            let grant = try #require(issuer.log.last?.at)
            issuer.configure { $0.accessTokenLifetime = .seconds(3600) }
            // What the login brought must be over, and that is a matter of the real clock.
            let age = Duration.seconds(Date().timeIntervalSince1970) - grant
            try await Task.sleep(for: max(.zero, .seconds(1) - age))
            let before = issuer.refreshes
            // The one answer is held back until everybody has come.
            issuer.inject(.delay(.seconds(3)), at: .token)
            try await house.start()
            let client = TokenClient(socketPath: house.socket)
            let tokens = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        if number.isMultiple(of: 10) { return try await house.output("token", "example") }
                        return try await onThread { try client.tokenText(account: "example") }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(tokens.count == 200)
            #expect(Set(tokens).count == 1)
            #expect(
                serial(tokens.first)
                    == issuer.machine.log.last.flatMap { $0.issued.first }.flatMap { Ticket(name: $0) }.flatMap(
                        \.serial
                    )
            )
            #expect(issuer.refreshes == before + 1)
            #expect(issuer.maxInFlight() == 1)
            #expect(issuer.reuses.isEmpty)
        }
    }

    @Test("while the issuer hangs, readers of a token that is held are answered as ever")
    func hangingIssuer() async throws {
        try await House.with(issuer: .quick(.strict)) { house, issuer in
            try await house.start()
            try await house.logIn()
            issuer.inject(.hang, at: .token)
            let refresh = Task { try await house.tokenctl("refresh", "example") }
            try await issuer.refreshes(reach: 1)
            #expect(try await house.account().state == .refreshing)
            let client = TokenClient(socketPath: house.socket)
            let clock = ContinuousClock()
            let slowest = try await onThread {
                var slowest = Duration.zero
                for _ in 0..<200 {
                    let begin = clock.now
                    let token = try client.tokenText(account: "example")
                    slowest = max(slowest, clock.now - begin)
                    guard serial(token) == 1 else { throw SystemFailure("another token: \(token)", 0) }
                }
                return slowest
            }
            // Far below the issuer's silence, and far above what a busy machine may add.
            #expect(slowest < .seconds(5), "the slowest reply took \(slowest)")
            let plain = try await house.token("example", "--min-valid", "10m")
            #expect(serial(plain.accessToken) == 1)
            // One that wants a newer token and cannot wait is told so, and the request goes on.
            let impatient = try await house.tokenctl("token", "example", "--force", "--wait", "1s")
            #expect(impatient.status == 75, "\(impatient)")
            #expect(issuer.refreshes == 1)
            try await house.kill()
            #expect(try await refresh.value.status == 69)
        }
    }

    @Test("narrowed tokens are tokens of their own, each asked for once")
    func narrowedTokens() async throws {
        try await House.with(issuer: .quick(.strict)) { house, issuer in
            try await house.start()
            try await house.logIn()
            let whole = try await house.token()
            #expect(Set(whole.scope) == ["openid", "offline_access", "mail"])
            let mail = try await house.token("example", "--scope", "mail")
            #expect(mail.scope == ["mail"])
            #expect(mail.accessToken != whole.accessToken)
            #expect(try await house.token("example", "--scope", "mail").accessToken == mail.accessToken)
            let audience = try await house.token(
                "example",
                "--audience",
                "https://api.example",
                "--resource",
                "https://one.example"
            )
            #expect(audience.accessToken != whole.accessToken)
            #expect(try await house.token().accessToken == whole.accessToken, "the account's own token stays as it was")
            let asked = issuer.log.filter { $0.grantType == .refreshToken }.map(\.parameters)
            #expect(asked.map { $0["scope"] } == ["mail", nil])
            #expect(asked.map { $0["audience"] } == [nil, "https://api.example"])
            #expect(asked.map { $0["resource"] } == [nil, "https://one.example"])
            let wide = try await house.tokenctl("token", "example", "--scope", "admin")
            #expect(wide.status == 64, "\(wide)")
            #expect(wide.errors.contains("invalid_scope"), "\(wide)")
            #expect(try await house.account().state == .fresh, "what one reader may not have is no other's trouble")
        }
    }

    @Test("the id token is served beside the access token")
    func idToken() async throws {
        try await House.with(issuer: .quick()) { house, _ in
            try await house.start()
            try await house.logIn()
            let idToken = try await house.output("token", "example", "--id-token")
            let parts = idToken.split(separator: ".")
            try #require(parts.count == 3)
            #expect(idToken.hasPrefix("eyJ"))
            #expect(try await house.account().subject != nil)
        }
    }

    @Test("a token comes in every form that programs want it in")
    func formats() async throws {
        try await House.with(issuer: .quick()) { house, issuer in
            try house.configure(issuer.account("example", "user = \"us@example.com\"") + issuer.account("nobody"))
            try await house.start()
            try await house.logIn()
            let token = try await house.output("token", "example")
            func form(_ options: String...) async throws -> String {
                let outcome = try await Program.run(
                    Environment.product("tokenctl"),
                    ["token", "example", "--format"] + options,
                    environment: house.environment
                )
                try #require(outcome.status == 0, "\(outcome)")
                return outcome.output
            }
            #expect(try await form("raw") == token + "\n")
            #expect(try await form("header") == "Authorization: Bearer \(token)\n")
            let answer = try await JSONDecoder().decode(TokenAnswer.self, from: Data(form("json").utf8))
            #expect(answer.accessToken == token)
            let variables = try await form("env")
            #expect(
                variables == """
                    ACCESS_TOKEN='\(token)'
                    TOKEN_TYPE='Bearer'
                    TOKEN_EXPIRES_AT='\(answer.expiresAt.text)'

                    """
            )
            func decoded(_ text: String) -> String? {
                Data(base64Encoded: text.trimmingCharacters(in: .newlines)).map { String(decoding: $0, as: UTF8.self) }
            }
            let user = "me@example.com"
            #expect(
                decoded(try await form("xoauth2", "--user", user)) == "user=\(user)\u{1}auth=Bearer \(token)\u{1}\u{1}"
            )
            #expect(decoded(try await form("xoauth2"))?.hasPrefix("user=us@example.com\u{1}") == true)
            let nameless = try await house.tokenctl("token", "nobody", "--format", "xoauth2")
            #expect(nameless.status == 64)
            #expect(nameless.errors.contains("needs --user, or user = "))
            #expect(
                decoded(try await form("oauthbearer", "--user", user))
                    == "n,a=\(user),\u{1}auth=Bearer \(token)\u{1}\u{1}"
            )
        }
    }

    @Test("a shell, curl and a Swift program read the same token")
    func readers() async throws {
        try await House.with(issuer: .quick()) { house, _ in
            try await house.start()
            try await house.logIn()
            let token = try TokenClient(socketPath: house.socket).token(account: "example")
            let shell = try await Program.run(
                "/bin/sh",
                [
                    "-c", #"eval "$("$0" token example --format env)" && printf %s "$ACCESS_TOKEN""#,
                    Environment.product("tokenctl"),
                ],
                environment: house.environment
            )
            #expect(shell.output == token.value)
            let curl = try await Program.run(
                #require(Environment.installed("curl")),
                [
                    "--silent", "--unix-socket", house.socket, "--header", "Accept: text/plain",
                    "http://localhost/v1/accounts/example/token",
                ]
            )
            #expect(curl.output.trimmingCharacters(in: .newlines) == token.value)
            let origin = try await Program.run(
                #require(Environment.installed("curl")),
                [
                    "--silent", "--unix-socket", house.socket, "--header", "Origin: https://evil.example",
                    "--output", "/dev/null", "--write-out", "%{http_code}",
                    "http://localhost/v1/accounts/example/token",
                ]
            )
            #expect(origin.output == "403", "a web page is no reader")
        }
    }
}

extension Ticket {
    fileprivate var serial: Int? { if case .accessToken(let serial, _, _) = self { serial } else { nil } }
}
