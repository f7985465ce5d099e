import Daemon
import Gateways
import LocalAPI
import OAuth
import SandboxIssuer
import Testing

/// The engine with a real store and a real libcurl against the sandbox issuer.
@Suite("The engine") struct EngineTests {
    @Test("a device login gives a token that is published for readers at once")
    func deviceLogin() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                #expect(await house.problem()?.code == .loginRequired)
                #expect(await house.problem()?.fix == "tokenctl login example")
                try await house.logIn()
                let answer = try await house.token()
                #expect(answer.accessToken?.isEmpty == false)
                #expect(answer.scope == ["openid", "offline_access"])
                #expect(answer.degraded == false)
                let account = try await house.engine.account("example")
                #expect(account.state == .fresh)
                #expect(account.subject == "sandbox-user")
                #expect(account.refreshable)
            }
        }
    }

    @Test("200 readers of an expired token cause one request and all get the same token")
    func singleFlight() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                issuer.inject(.delay(.milliseconds(200)), at: .token)
                house.clock.advance(by: .seconds(3601))
                let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
                    for _ in 0..<200 { group.addTask { try await house.token().accessToken } }
                    return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
                }
                #expect(tokens.count == 1)
                #expect(tokens.first != .some(nil))
                #expect(issuer.count(of: .token, grantType: .refreshToken) == 1)
            }
        }
    }

    @Test("a rotated refresh token is used once each, also where the issuer revokes the family of a reused one")
    func rotation() async throws {
        try await SandboxIssuer.running(.quick(.revokeFamily)) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                var seen = [try await house.token().accessToken]
                for _ in 0..<5 {
                    house.clock.advance(by: .seconds(3601))
                    seen.append(try await house.token().accessToken)
                }
                #expect(Set(seen).count == 6)
                #expect(issuer.reuses.isEmpty)
            }
        }
    }

    @Test("a reader who does not wait is told that the request goes on, and a later one gets its token")
    func noWait() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                house.clock.advance(by: .seconds(3601))
                issuer.inject(.delay(.milliseconds(300)), at: .token)
                #expect(await house.problem("example", TokenQuery(wait: 0))?.code == .waitTimeout)
                _ = try await house.token()
                #expect(issuer.count(of: .token, grantType: .refreshToken) == 1)
            }
        }
    }

    @Test("invalid_grant asks for a login once, with one request, and keeps serving what still lives")
    func invalidGrant() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                issuer.revoke()
                let refreshed = await Result { () async throws(Problem) in try await house.engine.refresh("example") }
                #expect(throws: Problem.self) { try refreshed.get() }
                #expect(try await house.engine.account("example").state == .loginRequired)
                _ = try await house.token()
                house.clock.advance(by: .seconds(3601))
                #expect(await house.problem()?.code == .loginRequired)
                #expect(issuer.count(of: .token, grantType: .refreshToken) == 1)
                try await house.logIn()
                _ = try await house.token()
            }
        }
    }

    @Test("after a restart the token is served from the store without a request")
    func restart() async throws {
        let directory = House.newDirectory()
        defer { House.remove(directory) }
        try await SandboxIssuer.running(.quick()) { issuer in
            let clock = MovableClock()
            var first: String?
            try await House.with(configuration: issuer.account(), directory: directory, clock: clock) { house in
                try await house.logIn()
                first = try await house.token().accessToken
            }
            let requests = issuer.count(of: .token)
            try await House.with(configuration: issuer.account(), directory: directory, clock: clock) { house in
                let answer = try await house.token()
                #expect(answer.accessToken == first)
            }
            #expect(issuer.count(of: .token) == requests)
        }
    }

    @Test("an answer that is lost after the issuer has rotated is asked for again with the same refresh token")
    func lostAnswer() async throws {
        try await SandboxIssuer.running(.quick(.rotating(grace: .seconds(30)))) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                issuer.inject(.commitThenDrop, at: .token)
                house.clock.advance(by: .seconds(3601))
                _ = try await house.token()
                let used = issuer.log.filter { $0.grantType == .refreshToken }.map(\.generation)
                #expect(used.count == 2)
                #expect(Set(used).count == 1)
                #expect(try await house.engine.account("example").state == .fresh)
            }
        }
    }

    @Test("an account with credentials of its own gets its first token by itself and needs no login")
    func clientCredentials() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            let configuration = """
                [account.robot]
                issuer = "\(issuer.issuerURL)"
                client_id = "service"
                client_secret = "secret"
                flow = "client_credentials"

                """
            try await House.with(configuration: configuration) { house in
                try await issuer.waitUntil { $0.log.contains { $0.grantType == .clientCredentials } }
                _ = try await house.token("robot")
                #expect(issuer.count(of: .token) == 1)
                await #expect(throws: Problem.self) { _ = try await house.engine.login("robot", LoginRequest()) }
            }
        }
    }

    @Test("a narrowed token is another one and has its own scope")
    func narrowed() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                let wide = try await house.token()
                let narrow = try await house.token("example", TokenQuery(scope: ["openid"]))
                #expect(narrow.scope == ["openid"])
                #expect(narrow.accessToken != wide.accessToken)
                #expect(
                    try await house.token("example", TokenQuery(scope: ["openid"])).accessToken == narrow.accessToken
                )
                let everything = TokenQuery(scope: ["offline_access", "openid"])
                #expect(try await house.token("example", everything).accessToken == wide.accessToken)
            }
        }
    }

    @Test("a refresh token that was obtained elsewhere is taken over")
    func takeOver() async throws {
        try await SandboxIssuer.running(.quick(.static)) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                let refreshToken = try await Self.refreshToken(from: issuer, house)
                let request = LoginRequest(refreshToken: refreshToken.revealText())
                #expect(try await house.engine.login("example", request).login.state == .done)
                _ = try await house.token()
                house.clock.advance(by: .seconds(3601))
                _ = try await house.token()
            }
        }
    }

    /// Logs in past the engine, as another program would.
    private static func refreshToken(from issuer: SandboxIssuer, _ house: House) async throws -> Secret {
        let client = Outside(transport: house.transport, environment: [:]) { house.clock.now() }.issuers
        let provider = OAuthProvider(
            .init(issuer: issuer.issuerURL, clientID: "tokend", scope: Scope(["openid", "offline_access"]))
        )
        let authorization = try await client.authorizeDevice(provider).result.get()
        guard case .tokens(let tokens) = try await client.poll(provider, authorization).result.get() else {
            throw Problem(.issuerError, "the sandbox did not approve")
        }
        return try #require(tokens.refreshToken)
    }
}

extension Result where Failure == Problem, Success: Sendable {
    /// The outcome of a call that may throw.
    init(_ body: () async throws(Problem) -> Success) async {
        do throws(Problem) {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
