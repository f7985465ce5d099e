import Foundation
import LocalAPI
import SandboxIssuer
import Testing

@Suite("The main job", .timeLimit(.minutes(2)))
struct MainJobTests {
    @Test("one login: the token is served, renewed ahead of its end, kept through kill -9, and gone after the logout")
    func mainJob() async throws {
        try await House.with(issuer: .quick(lifetime: 12)) { house, issuer in
            try await house.start()
            let login = try await house.tokenctl("login", "example")
            #expect(login.status == 0)
            #expect(login.output.isEmpty)
            #expect(login.errors.contains("to log in to example, open \(issuer.issuerURL)/device and enter the code "))
            #expect(login.errors.hasSuffix("tokenctl: logged in to example\n"))
            let first = try await house.token()
            #expect(serial(first.accessToken) == 1)
            #expect(first.account == "example")
            #expect(first.tokenType == "Bearer")
            #expect(first.issuer == issuer.issuerURL)
            #expect(first.degraded == false)
            #expect((0...12).contains(first.expiresIn))

            let events = try house.events()
            try await issuer.renewals(reach: 1)
            try await events.until { $0.events(.token, of: "example").count >= 2 }
            let renewal = try #require(issuer.log.first { $0.grantType == .refreshToken })
            #expect(renewal.at < .seconds(first.expiresAt.seconds), "renewed only when the token was over")
            #expect(renewal.generation == 1)
            let renewed = try await house.output("token", "example")
            #expect(try #require(serial(renewed)) >= 2)

            issuer.configure { $0.accessTokenLifetime = .seconds(3600) }
            // This one may join a renewal that began before, and its token is as short-lived; the next does not.
            _ = try await house.output("refresh", "example")
            let refresh = try await house.tokenctl("refresh", "example")
            #expect(refresh.status == 0)
            #expect(refresh.output.isEmpty)
            #expect(refresh.errors.hasPrefix("tokenctl: refreshed example, good for "))
            let lasting = try await house.output("token", "example")
            let requests = issuer.log.count
            try await house.restart()
            #expect(try await house.output("token", "example") == lasting)
            #expect(issuer.log.count == requests, "a token that is held needs no issuer")

            let logout = try await house.tokenctl("logout", "example")
            #expect(logout.status == 0)
            #expect(logout.errors == "tokenctl: logged out of example: wiped, and revoked at the issuer\n")
            #expect(issuer.machine.grants.map(\.isRevoked) == [true])
            #expect(issuer.machine.inFlight.isEmpty)
            #expect(issuer.reuses.isEmpty)
            let none = try await house.tokenctl("token", "example")
            #expect(none.status == 77)
            #expect(none.errors.hasSuffix("; run: tokenctl login example\n"))
        }
    }

    @Test("a daemon without a network, an account, or a display serves, and its status says how to add an account")
    func bareMachine() async throws {
        try await House.with { house in
            // Whether the machine lets us take the network away or not, the daemon must start.
            let cut = ["--map-current-user", "--net", "--"]
            let unshare = Environment.installed("unshare")
            let canCut =
                if let unshare { try await Program.run(unshare, cut + ["/bin/true"]).status == 0 } else { false }
            try await house.start(under: canCut ? unshare.map { [$0] + cut } ?? [] : [])
            let status = try await house.output("status")
            #expect(status.contains("add an [account.NAME] to \(house.configurationFile)"))
            #expect(try await house.output("account", "list", "--json") == #"{"accounts":[]}"#)
            let unknown = try await house.tokenctl("token", "example")
            #expect(unknown.status == 66)
            #expect(unknown.errors.contains("no account example in \(house.configurationFile)"))
        }
    }

    @Test("a login that the person denies is told and changes nothing")
    func denied() async throws {
        try await House.with(issuer: .quick { $0.approval = .byHand }) { house, issuer in
            try await house.start()
            let login = Task { try await house.tokenctl("login", "example") }
            try await issuer.waitUntil { !$0.grants.isEmpty }
            let code = try #require(issuer.machine.grants[0].login?.userCode)
            try issuer.deny(userCode: code)
            let outcome = try await login.value
            #expect(outcome.status == 76)
            #expect(outcome.errors.contains(code))
            #expect(outcome.errors.contains("tokenctl: the login to example was denied"))
            #expect(try await house.account().state == .loggedOut)
        }
    }

    @Test("Ctrl-C ends the login in the daemon too: the code that was shown no longer works")
    func interruptedLogin() async throws {
        try await House.with(issuer: .quick { $0.approval = .byHand }) { house, issuer in
            try await house.start()
            let login = try Program(
                Environment.product("tokenctl"),
                ["login", "example"],
                environment: house.environment
            )
            try await login.until { $0.errors.contains("waiting for the login") }
            try await issuer.waitUntil { $0.count(of: .token) >= 1 }
            login.signal(SIGINT)
            let outcome = try await login.ended()
            #expect(outcome.status == 130, "\(outcome)")
            #expect(outcome.errors.hasSuffix("cancelled the login to example\n"))
            let code = try #require(issuer.machine.grants[0].login?.userCode)
            try issuer.approve(userCode: code)
            #expect(try await house.account().state == .loggedOut)
            #expect(try await house.tokenctl("token", "example").status == 77)
            // A new login begins anew, with another code.
            issuer.configure { $0.approval = .afterPolls(0) }
            try await house.logIn()
            #expect(issuer.machine.grants.count == 2)
            #expect(issuer.machine.grants[0].generations.isEmpty, "the abandoned login brought tokens after all")
        }
    }

    @Test("two who log in at once share one login, and an issuer that says slow_down is obeyed")
    func joinedLogin() async throws {
        try await House.with(issuer: .quick { $0.approval = .byHand }) { house, issuer in
            try await house.start()
            let first = Task { try await house.tokenctl("login", "example") }
            try await issuer.waitUntil { !$0.grants.isEmpty }
            let second = Task { try await house.tokenctl("login", "example", "--json") }
            try await issuer.waitUntil { $0.count(of: .token) >= 1 }
            issuer.inject(.slowDown(), at: .token)
            try await issuer.waitUntil { $0.count(of: .token) >= 2 }
            let code = try #require(issuer.machine.grants[0].login?.userCode)
            try issuer.approve(userCode: code)
            #expect(try await first.value.status == 0)
            let joined = try await second.value
            #expect(joined.status == 0)
            #expect(joined.errors.contains("joining the login to example that is already pending"))
            #expect(joined.output.contains(#""state":"done""#))
            #expect(issuer.count(of: .deviceAuthorization) == 1)
            let polls = issuer.log.filter { $0.endpoint == .token }.map(\.at)
            #expect(polls[2] - polls[1] > .milliseconds(5900), "1 s and 5 s more after slow_down")
        }
    }

    @Test("a login is refused politely to an account that needs none, which has its token by itself")
    func ownAccount() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with { house in
                let secret = try house.write("secret\n", to: "\(house.directory)/secret")
                try house.configure(issuer.ownAccount("service", secret: "{ file = \"\(secret)\" }"))
                try await house.start()
                #expect(serial(try await house.output("token", "service")) == 1)
                #expect(issuer.log.filter { $0.endpoint == .token }.map(\.authentication) == ["client_secret_basic"])
                let login = try await house.tokenctl("login", "service")
                #expect(login.status == 64)
                #expect(login.errors.contains("gets its tokens by itself and needs no login"))
                let logout = try await house.tokenctl("logout", "service")
                #expect(logout.status == 0, "\(logout)")
            }
        }
    }
}
