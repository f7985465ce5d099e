import Accounts
import Daemon
import Gateways
import LocalAPI
import Logging
import SandboxIssuer
import Testing
import TokenStore
import Transport

/// What is on the disk when the disk fails, when the daemon is killed, and when it is stopped.
@Suite("What is durable") struct DurabilityTests {
    @Test("a login that cannot be written is served as unsaved, and written when the disk is back")
    func unsaved() async throws {
        let directory = House.newDirectory()
        defer { House.remove(directory) }
        try await SandboxIssuer.running(.quick()) { issuer in
            let clock = MovableClock()
            var token: String?
            try await House.with(configuration: issuer.account(), directory: directory, clock: clock) { house in
                try house.loseDisk()
                var login = try await house.engine.login("example", LoginRequest()).login
                while !login.state.isFinal { login = try await house.engine.login(id: login.id, wait: .seconds(30)) }
                #expect(login.state == .done)
                #expect(login.detail.contains("held in memory"))
                let answer = try await house.token()
                #expect(answer.degradedBecause == .unsaved)
                token = answer.accessToken
                #expect(await house.engine.status(connections: 0).store == .degraded)
                #expect(try await house.engine.account("example").lastError?.code == "store_failed")

                try house.findDisk()
                try await eventually("the login is saved") { try await !house.token().degraded }
                #expect(await house.engine.status(connections: 0).store == .healthy)
                let told = house.log.records.filter { $0.text.hasPrefix("the store can") }
                #expect(told.map(\.level) == [.error, .notice], "\(told)")
            }
            try await House.with(configuration: issuer.account(), directory: directory, clock: clock) { house in
                let answer = try await house.token()
                #expect(answer.accessToken == token)
            }
        }
    }

    @Test("no refresh token is used while the disk fails; what still lives is served, and all goes on when it is back")
    func refresh() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                try house.loseDisk()
                let problem = await house.refreshProblem()
                #expect(problem?.code == .temporarilyUnavailable)
                #expect(problem?.detail.contains("store_failed") == true)
                _ = try await house.token()
                house.clock.advance(by: .seconds(3601))
                #expect(await house.problem("example", TokenQuery(wait: 0)) != nil)
                #expect(issuer.count(of: .token, grantType: .refreshToken) == 0)

                try house.findDisk()
                house.clock.advance(by: .seconds(61))
                _ = try await house.token()
                #expect(issuer.count(of: .token, grantType: .refreshToken) == 1)
                #expect(await house.engine.status(connections: 0).store == .healthy)
            }
        }
    }

    @Test("a refresh token that is not the newest on the disk is not used")
    func overtaken() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                var grant = try #require(try house.store.load(at: house.clock.now()).grants.first)
                grant.generation += 1
                house.store.save(grant) { _ in }
                let problem = await house.refreshProblem()
                #expect(problem?.code == .temporarilyUnavailable)
                #expect(problem?.detail.contains("has moved on") == true)
                #expect(issuer.count(of: .token, grantType: .refreshToken) == 0)
                #expect(await house.engine.status(connections: 0).store == .healthy)
            }
        }
    }

    @Test("a daemon that was killed during a refresh refreshes at once with the same refresh token")
    func crash() async throws {
        let directory = House.newDirectory()
        defer { House.remove(directory) }
        try await SandboxIssuer.running(.quick(.rotating(grace: .seconds(30)))) { issuer in
            let clock = MovableClock()
            var first: String?
            try await House.with(configuration: issuer.account(), directory: directory, clock: clock) { house in
                try await house.logIn()
                first = try await house.token().accessToken
                issuer.inject(.commitThenHang, at: .token)
                async let refreshed = house.refreshProblem()
                try await issuer.waitUntil { $0.log.contains { $0.grantType == .refreshToken } }
                await house.crash()
                _ = await refreshed
            }
            try await House.with(configuration: issuer.account(), directory: directory, clock: clock) { house in
                try await issuer.waitUntil { $0.log.count { $0.grantType == .refreshToken && $0.status == 200 } == 1 }
                try await eventually("the new token is there") { try await house.token().accessToken != first }
                #expect(try await house.engine.account("example").state == .fresh)
                #expect(issuer.log.filter { $0.grantType == .refreshToken }.map(\.generation) == [1, 1])
            }
        }
    }

    @Test("a refresh that is under way when the daemon stops is finished and saved first")
    func drain() async throws {
        let directory = House.newDirectory()
        defer { House.remove(directory) }
        try await SandboxIssuer.running(.quick(.revokeFamily)) { issuer in
            let clock = MovableClock()
            var first: String?
            try await House.with(configuration: issuer.account(), directory: directory, clock: clock) { house in
                try await house.logIn()
                first = try await house.token().accessToken
                issuer.inject(.delay(.milliseconds(300)), at: .token)
                async let refreshed = house.refreshProblem()
                try await issuer.waitUntil { $0.log.contains { $0.grantType == .refreshToken } }
                await house.engine.drain(patience: .seconds(10))
                let problem = await refreshed
                #expect(problem?.code == .temporarilyUnavailable)
                #expect(problem?.retryAfter == 1)
            }
            try await House.with(configuration: issuer.account(), directory: directory, clock: clock) { house in
                let answer = try await house.token()
                #expect(answer.accessToken != first)
                #expect(issuer.count(of: .token, grantType: .refreshToken) == 1)
            }
        }
    }

    @Test("what could not be written is tried again while the daemon stops")
    func unsavedAtTheEnd() async throws {
        let directory = House.newDirectory()
        defer { House.remove(directory) }
        try await SandboxIssuer.running(.quick()) { issuer in
            let clock = MovableClock()
            try await House.with(configuration: issuer.account(), directory: directory, clock: clock) { house in
                try house.loseDisk()
                try await house.logIn()
                async let drained: Void = house.engine.drain(patience: .seconds(10))
                try house.findDisk()
                await drained
            }
            try await House.with(configuration: issuer.account(), directory: directory, clock: clock) { house in
                _ = try await house.token()
            }
        }
    }

    @Test("patience has an end, and says for whom")
    func patience() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                issuer.inject(.hang, at: .token)
                async let refreshed = house.refreshProblem()
                try await issuer.waitUntil { $0.log.contains { $0.grantType == .refreshToken } }
                await house.engine.drain(patience: .milliseconds(50))
                #expect(await refreshed != nil)
                #expect(house.log.records.contains { $0.level == .warning && $0.text.hasPrefix("example: what was") })
                await house.transport.shutdown()
            }
        }
    }

    @Test("a daemon that stops answers everyone who waits, and turns away who comes")
    func closed() async throws {
        try await SandboxIssuer.running(Self.byHand()) { issuer in
            try await House.with(configuration: issuer.account() + issuer.account("other")) { house in
                let login = try await house.engine.login("example", LoginRequest()).login
                async let watched = house.engine.login(id: login.id, wait: .seconds(300))
                await house.engine.close()
                #expect(try await watched.state == .cancelled)
                #expect(await house.problem("other")?.code == .temporarilyUnavailable)
                for problem in [
                    await Self.problem { () async throws(Problem) in _ = try await house.engine.login("other", .init())
                    },
                    await Self.problem { () async throws(Problem) in _ = try await house.engine.logout("other") },
                    await Self.problem { () async throws(Problem) in _ = try await house.engine.refresh("other") },
                    await Self.problem { () async throws(Problem) in try await house.engine.reload() },
                ] {
                    #expect(problem?.code == .temporarilyUnavailable)
                }
            }
        }
    }

    @Test("tokens of a login that is approved while the daemon stops are given back to the issuer")
    func lateLogin() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                issuer.inject(.delay(.milliseconds(300)), at: .token)
                _ = try await house.engine.login("example", LoginRequest())
                try await issuer.waitUntil { $0.log.contains { $0.grantType == .deviceCode } }
                await house.engine.drain(patience: .seconds(10))
                #expect(issuer.log.contains { $0.endpoint == .revocation && $0.status == 200 })
            }
        }
    }

    private static func byHand() -> SandboxIssuer.Configuration {
        var configuration = SandboxIssuer.Configuration.quick()
        configuration.approval = .byHand
        return configuration
    }

    private static func problem(_ body: () async throws(Problem) -> Void) async -> Problem? {
        do throws(Problem) {
            try await body()
            return nil
        } catch {
            return error
        }
    }
}
