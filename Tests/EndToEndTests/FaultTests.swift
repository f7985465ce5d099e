import Foundation
import LocalAPI
import SandboxIssuer
import Testing

/// Issuers that answer wrongly, over real connections.
@Suite("Faults of the issuer", .timeLimit(.minutes(2)))
struct FaultTests {
    /// A fault of one token request.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// What `last_error.code` says.
        var code: String
        /// What `tokenctl refresh` ends with.
        var status: Int32 = 75
        /// Whether the issuer may have acted on the request, so that the daemon finds out by itself, and soon.
        var leavesDoubt = true
        var fault: @Sendable (SandboxIssuer) -> Fault
    }

    private static let cases = [
        Case(testDescription: "the connection is reset", code: "no_answer") { _ in .reset },
        Case(testDescription: "the connection is closed", code: "no_answer") { _ in .close },
        Case(testDescription: "the answer is lost", code: "no_answer") { _ in .commitThenDrop },
        Case(testDescription: "the answer breaks off", code: "truncated") { _ in .truncated },
        Case(testDescription: "500", code: "http_500") { _ in .status(500) },
        Case(testDescription: "a gateway's page", code: "http_502") { _ in
            .status(502, headers: ["Content-Type": "text/html"], body: "<h1>Bad Gateway</h1>")
        },
        Case(testDescription: "503 with Retry-After", code: "http_503") { _ in
            .status(503, headers: ["Retry-After": "2"])
        },
        Case(testDescription: "429 with Retry-After", code: "http_429", leavesDoubt: false) { _ in
            .status(429, headers: ["Retry-After": "2"])
        },
        Case(testDescription: "an error that passes", code: "temporarily_unavailable", leavesDoubt: false) { _ in
            .error("temporarily_unavailable")
        },
        Case(testDescription: "garbage", code: "not_json", status: 76) { _ in .garbage },
        Case(testDescription: "a page", code: "not_json", status: 76) { _ in .html },
        Case(testDescription: "a huge answer", code: "too_large", status: 76) { _ in .huge(bytes: 64 << 20) },
        Case(testDescription: "a redirect", code: "redirect", status: 76, leavesDoubt: false) {
            .redirect(to: "\($0.issuerURL)/elsewhere")
        },
    ]

    @Test("the token that is held is still served, the login survives, and the next try succeeds", arguments: cases)
    func fault(fault: Case) async throws {
        try await House.with(issuer: .quick(.rotating(grace: .seconds(60)))) { house, issuer in
            try await house.start()
            try await house.logIn()
            let events = try house.events()
            issuer.inject(fault.fault(issuer), at: .token)
            let refresh = try await house.tokenctl("refresh", "example")
            #expect(refresh.status == fault.status, "\(refresh)")
            // The next try may have come by now: what counts is that there was a token all the while.
            _ = try await #require(serial(house.output("token", "example")))
            let error = try await events.until { !$0.events(.error, of: "example").isEmpty }
            #expect(error.events(.error, of: "example").map(\.data.code) == [fault.code])

            if !fault.leavesDoubt { _ = try await house.output("refresh", "example") }
            try await events.until { $0.events(.token, of: "example").count == 2 }
            #expect(try await #require(serial(house.output("token", "example"))) > 1)
            let account = try await house.account()
            #expect(account.state == .fresh)
            #expect(account.lastError == nil)
            let refreshes = issuer.log.filter { $0.grantType == .refreshToken }
            #expect(refreshes.map(\.generation) == [1, 1], "one retry, with the same refresh token")
            #expect(issuer.reuses.isEmpty)
            #expect(issuer.count(of: .unknown) == 0, "a redirect was followed")
            if fault.testDescription.hasSuffix("Retry-After") {
                #expect(refreshes[1].at - refreshes[0].at >= .seconds(2))
            }
        }
    }

    @Test("an issuer that refuses the connection costs nothing but time; a reader of an expired token exits with 75")
    func refused() async throws {
        let issuer = try await SandboxIssuer.start(.quick(lifetime: 2))
        try await House.with { house in
            try house.configure(issuer.account())
            try await house.start()
            try await house.logIn()
            let events = try house.events()
            await issuer.stop()
            try await events.until { $0.events(.error, of: "example").contains { $0.data.code == "connect" } }
            let state = try await house.account().state
            #expect([.waiting, .refreshing, .fresh].contains(state))
            let expiry = try #require(issuer.log.last?.at) + .seconds(2)
            try await Task.sleep(for: max(.zero, expiry - .seconds(Date().timeIntervalSince1970)))
            let reader = try await house.tokenctl("token", "example", "--wait", "0")
            #expect(reader.status == 75, "\(reader)")
            #expect(reader.output.isEmpty)
            // The issuer is back at its old address, and knows nothing of the login.
            var configuration = SandboxIssuer.Configuration.quick()
            configuration.port = issuer.port
            let successor = try await SandboxIssuer.start(configuration)
            let told = try await house.tokenctl("token", "example")
            #expect(told.status == 77, "\(told)")
            await successor.stop()
        }
    }

    @Test("invalid_grant ends the login after one request, and the token that is held is served to its end")
    func invalidGrant() async throws {
        try await House.with(issuer: .quick()) { house, issuer in
            try await house.start()
            try await house.logIn()
            issuer.revoke()
            let refresh = try await house.tokenctl("refresh", "example")
            #expect(refresh.status == 77)
            #expect(refresh.errors.hasSuffix("; run: tokenctl login example\n"))
            #expect(issuer.refreshes == 1)
            #expect(serial(try await house.output("token", "example")) == 1)
            #expect(try await house.tokenctl("refresh", "example").status == 77)
            #expect(issuer.refreshes == 1, "no further request after invalid_grant")
        }
    }

    @Test("a client that the issuer does not know any more is a matter of configuration, exit status 78")
    func invalidClient() async throws {
        try await House.with(issuer: .quick()) { house, issuer in
            try await house.start()
            try await house.logIn()
            issuer.inject(.error("invalid_client", status: 401), at: .token)
            let refresh = try await house.tokenctl("refresh", "example")
            #expect(refresh.status == 78, "\(refresh)")
            #expect(try await house.account().state == .misconfigured)
            #expect(serial(try await house.output("token", "example")) == 1)
            let narrowed = try await house.tokenctl("token", "example", "--scope", "mail")
            #expect(narrowed.status == 78, "\(narrowed)")
            #expect(issuer.refreshes == 1, "no further request before the configuration changes")
            try house.configure(issuer.account("example", "client_auth = \"none\""))
            try await house.reload()
            _ = try await house.output("refresh", "example")
            #expect(try await house.account().state == .fresh)
        }
    }
}
