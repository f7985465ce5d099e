import Daemon
import OAuth
import SandboxIssuer
import Testing
import Transport

/// The issuers' metadata, fetched from the sandbox.
@Suite("The metadata cache") struct MetadataCacheTests {
    @Test("asks an issuer once, however many ask at the same time, and again after a day")
    func singleFlight() async throws {
        try await Self.with { issuer, cache, clock in
            issuer.inject(.delay(.milliseconds(100)), at: .metadata)
            let endpoints = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await cache.metadata(of: issuer.issuerURL, caFile: nil).tokenEndpoint }
                }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(endpoints == [issuer.issuerURL + "/token"])
            #expect(issuer.count(of: .metadata) == 1)
            clock.advance(by: .seconds(23 * 3600))
            _ = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            #expect(issuer.count(of: .metadata) == 1)
            clock.advance(by: .seconds(2 * 3600))
            _ = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            #expect(issuer.count(of: .metadata) == 2)
        }
    }

    @Test("asks at the second place where there is nothing at the first")
    func secondPlace() async throws {
        try await Self.with { issuer, cache, _ in
            issuer.inject(.status(404), at: .metadata)
            let metadata = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            #expect(metadata.issuer == issuer.issuerURL)
            #expect(
                issuer.log.map(\.path) == [
                    "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
                ]
            )
        }
    }

    @Test("asks at the second place for what the first leaves out, and does without where nothing comes of it")
    func gaps() async throws {
        try await Self.with { issuer, cache, clock in
            let partial = #"{"issuer":"\#(issuer.issuerURL)","token_endpoint":"https://elsewhere.example/token"}"#
            issuer.inject(.status(200, body: partial), at: .metadata)
            let metadata = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            #expect(metadata.tokenEndpoint == "https://elsewhere.example/token")
            #expect(metadata.revocationEndpoint == issuer.issuerURL + "/revoke")
            clock.advance(by: .seconds(25 * 3600))
            issuer.inject(.status(200, body: partial), at: .metadata)
            issuer.inject(.status(404), at: .metadata)
            let rest = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            #expect(rest.tokenEndpoint == "https://elsewhere.example/token")
            #expect(rest.revocationEndpoint == nil)
        }
    }

    @Test("goes on with the last good document while no newer is to be had, and leaves the issuer alone for a while")
    func lastGood() async throws {
        try await Self.with { issuer, cache, clock in
            let good = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            clock.advance(by: .seconds(25 * 3600))
            issuer.inject(.status(503), at: .metadata, times: 2)
            #expect(try await cache.metadata(of: issuer.issuerURL, caFile: nil) == good)
            #expect(issuer.count(of: .metadata) == 3)
            #expect(try await cache.metadata(of: issuer.issuerURL, caFile: nil) == good)
            #expect(issuer.count(of: .metadata) == 3)
            clock.advance(by: .seconds(6 * 60))
            #expect(try await cache.metadata(of: issuer.issuerURL, caFile: nil) == good)
            #expect(issuer.count(of: .metadata) == 4)
        }
    }

    @Test("does not remember a failure")
    func notSticky() async throws {
        try await Self.with { issuer, cache, _ in
            issuer.inject(.status(503, headers: ["Retry-After": "7"]), at: .metadata, times: 2)
            let failure = await #expect(throws: Failure.self) {
                try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            }
            #expect(failure?.class == .temporary(.notSent, retryAfter: .seconds(7)))
            _ = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
        }
    }

    @Test(
        "looks again soon for what was missing while the second place was out of order, and forgets nothing meanwhile"
    )
    func gapsForNow() async throws {
        try await Self.with { issuer, cache, clock in
            let whole = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            clock.advance(by: .seconds(25 * 3600))
            let partial = #"{"issuer":"\#(issuer.issuerURL)","token_endpoint":"\#(issuer.issuerURL)/token"}"#
            issuer.inject(.status(200, body: partial), at: .metadata)
            issuer.inject(.status(503), at: .metadata)
            let partly = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            #expect(partly.revocationEndpoint == whole.revocationEndpoint)
            #expect(issuer.count(of: .metadata) == 3)
            clock.advance(by: .seconds(6 * 60))
            _ = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            #expect(issuer.count(of: .metadata) == 4)
        }
    }

    @Test("has tokens revoked where they were revoked before, though the issuer names another host")
    func revocationMoved() async throws {
        try await Self.with { issuer, cache, clock in
            let before = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            clock.advance(by: .seconds(25 * 3600))
            let body = #"{"issuer":"\#(issuer.issuerURL)","revocation_endpoint":"http://127.0.0.1:1/revoke"}"#
            issuer.inject(.status(200, headers: ["Content-Type": "application/json"], body: body), at: .metadata)
            let after = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            #expect(after.revocationEndpoint == before.revocationEndpoint)
        }
    }

    @Test(
        "does not follow an issuer whose token endpoint moves to another host",
        arguments: ["https://evil.example/token", "no address at all"]
    )
    func moved(endpoint: String) async throws {
        try await Self.with { issuer, cache, clock in
            _ = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            clock.advance(by: .seconds(25 * 3600))
            let body = #"{"issuer":"\#(issuer.issuerURL)","token_endpoint":"\#(endpoint)"}"#
            issuer.inject(.status(200, headers: ["Content-Type": "application/json"], body: body), at: .metadata)
            let failure = await #expect(throws: Failure.self) {
                try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            }
            #expect(failure?.class == .misconfigured)
            #expect(failure?.code == "token_endpoint_moved")
            #expect(failure?.detail.contains("restart tokend") == true)
            // It has come to its senses.
            _ = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
        }
    }

    @Test("takes a new path at the same host")
    func samePlace() async throws {
        try await Self.with { issuer, cache, clock in
            _ = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            clock.advance(by: .seconds(25 * 3600))
            let endpoint = issuer.issuerURL + "/v2/token"
            let body = #"{"issuer":"\#(issuer.issuerURL)","token_endpoint":"\#(endpoint)"}"#
            issuer.inject(.status(200, headers: ["Content-Type": "application/json"], body: body), at: .metadata)
            #expect(try await cache.metadata(of: issuer.issuerURL, caFile: nil).tokenEndpoint == endpoint)
        }
    }

    @Test("asks anew when other trust anchors are to be used")
    func trustAnchors() async throws {
        try await Self.with { issuer, cache, _ in
            _ = try await cache.metadata(of: issuer.issuerURL, caFile: nil)
            let failure = await #expect(throws: Failure.self) {
                try await cache.metadata(of: issuer.issuerURL, caFile: "/nowhere/ca.pem")
            }
            #expect(failure?.class == .temporary(.notSent))
            #expect(failure?.code == "tls")
        }
    }

    @Test("refuses an issuer that is none, and a document of another", arguments: ["ftp://x", "not an address"])
    func nonsense(identifier: String) async throws {
        try await Self.with { issuer, cache, _ in
            await #expect(throws: Failure.self) { try await cache.metadata(of: identifier, caFile: nil) }
            let failure = await #expect(throws: Failure.self) {
                try await cache.metadata(of: issuer.issuerURL + "/", caFile: nil)
            }
            #expect(failure?.code == Failure.Code.issuerMismatch)
        }
    }

    private static func with(
        _ body: (SandboxIssuer, MetadataCache, MovableClock) async throws -> Void
    ) async throws {
        let clock = MovableClock()
        let now = { @Sendable in clock.now() }
        let transport = try Transport(userAgent: "tokend/test", proxy: nil)
        try await SandboxIssuer.running(.quick()) { issuer in
            try await body(issuer, MetadataCache(exchange: Exchange(transport: transport, now: now), now: now), clock)
        }
        await transport.shutdown()
    }
}
