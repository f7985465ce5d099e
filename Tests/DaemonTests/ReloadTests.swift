import Daemon
import Gateways
import LocalAPI
import SandboxIssuer
import Testing

/// What a changed configuration does to logins.
@Suite("A reload") struct ReloadTests {
    @Test("keeps a login whose account goes and comes back")
    func dormant() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                let token = try await house.token().accessToken
                house.configuration.text = ""
                try await house.engine.reload()
                #expect(await house.problem()?.code == .unknownAccount)
                house.configuration.text = issuer.account()
                try await house.engine.reload()
                #expect(try await house.token().accessToken == token)
            }
        }
    }

    @Test("asks for a login where scopes were added, and not where they were removed")
    func scopes() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                house.configuration.text = issuer.account(scopes: ["openid", "offline_access", "email"])
                try await house.engine.reload()
                #expect(await house.problem()?.code == .loginRequired)
                house.configuration.text = issuer.account(scopes: ["openid"])
                try await house.engine.reload()
                _ = try await house.token()
            }
        }
    }

    @Test("with a bad file changes nothing and says what is wrong")
    func badFile() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                house.configuration.text = issuer.account() + "isuer = \"x\"\n"
                await #expect(throws: Problem.self) { try await house.engine.reload() }
                _ = try await house.token()
                let status = await house.engine.status(connections: 0)
                #expect(status.configurationError?.contains("config.toml:5:1") == true)
                house.configuration.text = issuer.account()
                try await house.engine.reload()
                #expect(await house.engine.status(connections: 0).configurationError == nil)
            }
        }
    }

    @Test("that began later wins, whichever ends first")
    func many() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                for round in 0..<20 {
                    house.configuration.text = issuer.account("old\(round)")
                    async let first: Void = house.engine.reload()
                    house.configuration.text = issuer.account("new\(round)")
                    async let second: Void = house.engine.reload()
                    _ = try await (first, second)
                    #expect(await house.engine.accounts().map(\.name) == ["new\(round)"])
                }
            }
        }
    }

    @Test("tells the service manager how things stand")
    func statusLine() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: "") { house in
                #expect(await house.engine.statusLine == "no account")
                #expect(await house.engine.status(connections: 0).hint?.contains("[account.NAME]") == true)
                house.configuration.text = issuer.account() + issuer.account("other")
                try await house.engine.reload()
                #expect(await house.engine.statusLine == "2 accounts: 2 logged_out")
                try await house.logIn()
                try await eventually("both are counted") {
                    await house.engine.statusLine == "2 accounts: 1 fresh, 1 logged_out"
                }
                try await eventually("that is reported") { house.reports.last == "2 accounts: 1 fresh, 1 logged_out" }
            }
        }
    }

    @Test("saves what a refresh brings that was under way, for the day on which the account comes back")
    func underWay() async throws {
        try await SandboxIssuer.running(.quick(.revokeFamily)) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                house.clock.advance(by: .seconds(3601))
                issuer.inject(.delay(.milliseconds(300)), at: .token)
                async let reader = house.problem()
                try await issuer.waitUntil { $0.log.contains { $0.grantType == .refreshToken } }
                house.configuration.text = ""
                try await house.engine.reload()
                #expect(await reader?.code == .temporarilyUnavailable)
                house.configuration.text = issuer.account()
                try await house.engine.reload()
                _ = try await house.token()
                #expect(issuer.reuses.isEmpty)
                #expect(issuer.count(of: .token, grantType: .refreshToken) <= 2)
            }
        }
    }
}
