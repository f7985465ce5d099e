import Daemon
import OAuth
import SandboxIssuer
import Testing
import Transport

/// What becomes of a refresh, seen from the network.
@Suite("The way to issuers") struct IssuerClientTests {
    @Test(
        "tells whether the issuer may have acted",
        arguments: [
            (.reset, .temporary(.unknown), "no_answer"),
            (.close, .temporary(.unknown), "no_answer"),
            (.truncated, .temporary(.unknown), "truncated"),
            (.garbage, .temporary(.unknown), "not_json"),
            (.html, .temporary(.unknown), "not_json"),
            (.status(500), .temporary(.unknown), "http_500"),
            (
                .status(503, headers: ["Retry-After": "120"]), .temporary(.unknown, retryAfter: .seconds(120)),
                "http_503"
            ),
            (.status(429, headers: ["Retry-After": "9"]), .temporary(.answered, retryAfter: .seconds(9)), "http_429"),
            (.error("temporarily_unavailable", status: 503), .temporary(.answered), "temporarily_unavailable"),
            (.error("invalid_grant"), .grantEnded, "invalid_grant"),
            (.error("invalid_client", status: 401), .misconfigured, "invalid_client"),
            (.error("invalid_scope"), .variantRefused, "invalid_scope"),
            (.error("access_denied", status: 403), .denied, "access_denied"),
        ] as [(Fault, Failure.Class, String)]
    )
    func outcomes(fault: Fault, expected: Failure.Class, code: String) async throws {
        try await Self.with { issuer, client, _ in
            issuer.inject(fault, at: .token)
            let reading = await client.renew(Self.provider(issuer), .refreshToken(Secret("rt-x")), .standard)
            let failure = #expect(throws: Failure.self) { try reading.result.get() }
            #expect(failure?.class == expected)
            #expect(failure?.code == code)
            #expect(failure.map { "\($0)" }?.contains("rt-x") == false)
            #expect(issuer.count(of: .token) == 1)
        }
    }

    @Test("takes an answer without end for none")
    func tooLarge() async throws {
        try await Self.with { issuer, client, _ in
            issuer.inject(.huge(bytes: 2 << 20), at: .token)
            let reading = await client.renew(Self.provider(issuer), .refreshToken(Secret("rt")), .standard)
            let failure = #expect(throws: Failure.self) { try reading.result.get() }
            #expect(failure?.class == .temporary(.unknown))
            #expect(failure?.code == "too_large")
        }
    }

    @Test("does not follow a redirect with a refresh token in its hands")
    func redirect() async throws {
        try await SandboxIssuer.running(.quick()) { other in
            try await Self.with { issuer, client, _ in
                issuer.inject(.redirect(to: other.issuerURL + "/token"), at: .token)
                let reading = await client.renew(Self.provider(issuer), .refreshToken(Secret("rt")), .standard)
                let failure = #expect(throws: Failure.self) { try reading.result.get() }
                #expect(failure?.code == "redirect")
                #expect(other.log.isEmpty)
            }
        }
    }

    @Test("knows that nothing was sent to an issuer that is away")
    func away() async throws {
        try await Self.with { issuer, client, _ in
            let provider = Self.provider(issuer)
            await issuer.stop()
            let reading = await client.renew(provider, .refreshToken(Secret("rt")), .standard)
            let failure = #expect(throws: Failure.self) { try reading.result.get() }
            #expect(failure?.class == .temporary(.notSent))
            #expect(failure?.code == "connect")
        }
    }

    @Test("sends nothing when the metadata cannot be had, or the secret")
    func ingredients() async throws {
        try await Self.with { issuer, client, _ in
            issuer.inject(.reset, at: .metadata)
            let discovered = OAuthProvider(.init(issuer: issuer.issuerURL, clientID: "tokend"))
            let reading = await client.renew(discovered, .refreshToken(Secret("rt")), .standard)
            let failure = #expect(throws: Failure.self) { try reading.result.get() }
            #expect(failure?.class == .temporary(.notSent))

            let secretless = OAuthProvider(
                .init(
                    tokenEndpoint: issuer.issuerURL + "/token",
                    clientID: "service",
                    clientSecret: .file(path: "/nowhere"),
                    flow: .clientCredentials
                )
            )
            let second = await client.renew(secretless, .clientCredentials, .standard)
            let refused = #expect(throws: Failure.self) { try second.result.get() }
            #expect(refused?.code == "client_secret")
            #expect(issuer.count(of: .token) == 0)
        }
    }

    @Test("counts a token's life from the moment of the request")
    func sentAt() async throws {
        try await Self.with { issuer, client, clock in
            let provider = OAuthProvider(
                .init(
                    tokenEndpoint: issuer.issuerURL + "/token",
                    clientID: "service",
                    clientSecret: .inline(Secret("secret")),
                    flow: .clientCredentials
                )
            )
            let before = clock.now()
            issuer.inject(.delay(.milliseconds(100)), at: .token)
            let reading = await client.renew(provider, .clientCredentials, .standard)
            #expect(try reading.result.get().accessToken.isEmpty == false)
            let age = try #require(clock.now().age(since: reading.sentAt))
            #expect(age >= .milliseconds(100))
            #expect(before.remaining(until: reading.sentAt) >= .zero)
        }
    }

    @Test("revokes where the issuer offers it, and says where it does not")
    func revocation() async throws {
        try await Self.with { issuer, client, _ in
            let discovered = OAuthProvider(.init(issuer: issuer.issuerURL, clientID: "tokend"))
            #expect(await client.revoke(discovered, Secret("rt")) == .success(true))
            #expect(issuer.count(of: .revocation) == 1)
            #expect(await client.revoke(Self.provider(issuer), Secret("rt")) == .success(false))
        }
    }

    private static func provider(_ issuer: SandboxIssuer) -> OAuthProvider {
        OAuthProvider(
            .init(
                tokenEndpoint: issuer.issuerURL + "/token",
                deviceAuthorizationEndpoint: issuer.issuerURL + "/device_authorization",
                clientID: "tokend"
            )
        )
    }

    private static func with(
        _ body: (SandboxIssuer, IssuerClient, MovableClock) async throws -> Void
    ) async throws {
        let clock = MovableClock()
        let transport = try Transport(userAgent: "tokend/test", proxy: nil)
        try await SandboxIssuer.running(.quick()) { issuer in
            try await body(
                issuer,
                Outside(transport: transport, environment: [:], now: { clock.now() }).issuers,
                clock
            )
        }
        await transport.shutdown()
    }
}
