import Daemon
import Gateways
import LocalAPI
import SandboxIssuer
import Testing

/// Much at once, and things that cross each other's way.
@Suite("The engine under pressure") struct CrowdTests {
    @Test("300 accounts get their first token at start, with one request each")
    func start() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            let accounts = (1...300).map { number in
                """
                [account.robot\(number)]
                token_endpoint = "\(issuer.issuerURL)/token"
                client_id = "service"
                client_secret = "secret"
                flow = "client_credentials"

                """
            }
            try await House.with(configuration: accounts.joined()) { house in
                for number in 1...300 { _ = try await house.token("robot\(number)") }
                #expect(issuer.count(of: .token) == 300)
                #expect(await house.engine.statusLine == "300 accounts: 300 fresh")
                let problem = await house.problem("robot")
                #expect(problem?.detail.hasSuffix("robot19, robot20 and 280 more") == true, "\(problem?.detail ?? "")")
            }
        }
    }

    @Test("a reader who goes away leaves the refresh to the daemon")
    func abandoned() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                house.clock.advance(by: .seconds(3601))
                issuer.inject(.delay(.milliseconds(200)), at: .token)
                let reader = Task { await house.problem() }
                try await issuer.waitUntil { $0.log.contains { $0.grantType == .refreshToken } }
                reader.cancel()
                #expect(await reader.value?.code == .temporarilyUnavailable)
                _ = try await house.token()
                #expect(issuer.count(of: .token, grantType: .refreshToken) == 1)
            }
        }
    }

    @Test("a reader who was gone before he came is answered too")
    func goneBefore() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                let reader = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return await house.problem()
                }
                #expect(await reader.value?.code == .temporarilyUnavailable)
            }
        }
    }

    @Test("a login that ends while a refresh is under way wins, and what the refresh brings is revoked")
    func loginWhileRefreshing() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                let first = try await house.token().accessToken
                issuer.inject(.delay(.seconds(2)), at: .token)
                async let refreshed = house.refreshProblem()
                try await issuer.waitUntil { $0.log.contains { $0.grantType == .refreshToken } }
                try await house.logIn()
                let token = try await house.token().accessToken
                #expect(token != first)
                _ = await refreshed
                try await issuer.waitUntil { $0.log.contains { $0.endpoint == .revocation && $0.status == 200 } }
                #expect(try await house.token().accessToken == token)
                #expect(issuer.reuses.isEmpty)
                house.clock.advance(by: .seconds(3601))
                _ = try await house.token()
            }
        }
    }

    @Test("an issuer's Retry-After is told to readers, and none of them makes it shorter")
    func retryAfter() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                house.clock.advance(by: .seconds(3601))
                issuer.inject(.status(503, headers: ["Retry-After": "120"]), at: .token)
                let problem = try #require(await house.problem())
                #expect(problem.code == .temporarilyUnavailable)
                let wait = try #require(problem.retryAfter)
                #expect((120...135).contains(wait))
                #expect(try await house.engine.account("example").state == .waiting)
                house.clock.advance(by: .seconds(60))
                for _ in 0..<5 { #expect(await house.problem()?.code == .temporarilyUnavailable) }
                #expect(await house.problem("example", TokenQuery(force: true))?.code == .temporarilyUnavailable)
                #expect(issuer.count(of: .token, grantType: .refreshToken) == 1)
                house.clock.advance(by: .seconds(75))
                _ = try await house.token()
                #expect(issuer.count(of: .token, grantType: .refreshToken) == 2)
            }
        }
    }

    @Test("forced refreshes are a second apart, and those that meet share one")
    func forced() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                _ = try await house.engine.refresh("example")
                async let one = house.token("example", TokenQuery(force: true)).accessToken
                async let other = house.token("example", TokenQuery(force: true)).accessToken
                #expect(try await one == other)
                let times = issuer.log.filter { $0.grantType == .refreshToken }.map(\.at)
                #expect(times.count == 2)
                // They start a second apart; the disk and the network delay the first more or less than the second.
                let gap = try #require(times.last) - #require(times.first)
                #expect(gap >= .milliseconds(750), "\(gap)")
            }
        }
    }

    @Test("an issuer that never comes to an end keeps nobody else's token back")
    func others() async throws {
        try await SandboxIssuer.running(.quick()) { hanging in
            try await SandboxIssuer.running(.quick()) { issuer in
                try await House.with(configuration: hanging.account("stuck") + issuer.account()) { house in
                    try await house.logIn("stuck")
                    try await house.logIn()
                    hanging.inject(.hang, at: .token)
                    house.clock.advance(by: .seconds(3601))
                    #expect(await house.problem("stuck", TokenQuery(wait: 0))?.code == .waitTimeout)
                    _ = try await house.token()
                    await hanging.stop()
                }
            }
        }
    }

    @Test("a short token goes out as degraded when nothing better can be had in time")
    func degraded() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                house.clock.advance(by: .seconds(3570))
                issuer.inject(.status(503, headers: ["Retry-After": "600"]), at: .token)
                let answer = try await house.token()
                #expect(answer.degraded)
                #expect(answer.degradedBecause == .short)
                #expect((1...30).contains(answer.expiresIn))
            }
        }
    }
}
