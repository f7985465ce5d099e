import Gateways
import LocalAPI
import Testing

@Suite("Published tokens, as readers see them")
struct PublishedTokensTests {
    private static let request = RunningGateway.request("GET", "/v1/accounts/work/token")

    @Test(
        "A token goes out while it lives as long as the reader asks, or else as the daemon demands",
        arguments: [
            (3600, "", true), (61, "", true), (60, "", true), (59, "", false), (0, "", false), (-5, "", false),
            (59, "?min_valid=59", true), (59, "?min_valid=60", false), (5, "?min_valid=0", true),
            (0, "?min_valid=0", false), (100_000, "?min_valid=100001", false),
        ]
    )
    func lives(secondsLeft: Int, query: String, isServed: Bool) async throws {
        try await RunningGateway.with { running in
            running.publish(expiresIn: secondsLeft)
            let reply = try await running.exchange(
                RunningGateway.request("GET", "/v1/accounts/work/token\(query)")
            )
            #expect((reply.status == 200) == isServed)
            #expect(running.service.calls.isEmpty == isServed)
            if isServed { #expect(reply.body == Samples.tokenJSON(secondsLeft)) }
        }
    }

    @Test("A new token takes the place of the old one")
    func replaced() async throws {
        try await RunningGateway.with { running in
            running.publish(token: "first")
            running.publish(token: "second", expiresIn: 100)
            let reply = try await running.exchange(Self.request)
            #expect(reply.body == Samples.tokenJSON(100, token: "second"))
        }
    }

    @Test("The two kinds of an account are published and withdrawn apart")
    func kinds() async throws {
        try await RunningGateway.with { running in
            func expect(accessToken: Int, idToken: Int) async throws {
                for (query, status) in [("", accessToken), ("?kind=id_token", idToken)] {
                    let request = RunningGateway.request("GET", "/v1/accounts/work/token\(query)")
                    let reply = try await running.exchange(request)
                    #expect(reply.status == status, "\(query)")
                }
            }
            func publishBoth() {
                running.publish()
                running.published.publish(
                    Samples.answer(token: "the id token"),
                    kind: .idToken,
                    expiry: RunningGateway.now + .seconds(50),
                    minValid: .zero
                )
            }
            try await expect(accessToken: 404, idToken: 404)
            publishBoth()
            try await expect(accessToken: 200, idToken: 200)
            running.published.withdraw(account: "work", kind: .accessToken)
            try await expect(accessToken: 404, idToken: 200)
            publishBoth()
            running.published.withdraw(account: "work")
            try await expect(accessToken: 404, idToken: 404)
            running.published.withdraw(account: "nobody")
        }
    }

    @Test("An answer without a token is not published")
    func withoutToken() async throws {
        try await RunningGateway.with { running in
            running.published.publish(
                Samples.answer(token: nil),
                kind: .accessToken,
                expiry: .seconds(100_000),
                minValid: .zero
            )
            let reply = try await running.exchange(Self.request)
            #expect(reply.status == 404)
        }
    }

    @Test("Readers with and without further requests share one reply, each with its own head")
    func shared() async throws {
        try await RunningGateway.with { running in
            running.publish()
            for connection in ["close", "keep-alive", "close", "close", "keep-alive"] {
                let reply = try await running.exchange(
                    RunningGateway.request("GET", "/v1/accounts/work/token", "Connection: \(connection)")
                )
                #expect(reply.fields["connection"] == connection)
                #expect(reply.body == Samples.tokenJSON(3600))
            }
        }
    }
}
