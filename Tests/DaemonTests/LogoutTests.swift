import Daemon
import Gateways
import LocalAPI
import SandboxIssuer
import Testing

/// Logging out, with the issuer there and away.
@Suite("A logout") struct LogoutTests {
    @Test("wipes the tokens and revokes the refresh token")
    func revokes() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                let answer = try await house.engine.logout("example")
                #expect(answer.revoked)
                #expect(!answer.retrying)
                #expect(await house.problem()?.code == .loginRequired)
                #expect(issuer.count(of: .revocation) == 1)
                #expect(try await house.engine.account("example").state == .loggedOut)
            }
        }
    }

    @Test("tells an issuer that was away after the next start")
    func retries() async throws {
        let directory = House.newDirectory()
        defer { House.remove(directory) }
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account(), directory: directory) { house in
                try await house.logIn()
                issuer.inject(.status(503), at: .revocation)
                let answer = try await house.engine.logout("example")
                #expect(!answer.revoked)
                #expect(answer.retrying)
                #expect(await house.problem()?.code == .loginRequired)
            }
            try await House.with(configuration: issuer.account(), directory: directory) { _ in
                try await issuer.waitUntil { machine in
                    machine.log.contains { $0.endpoint == .revocation && $0.status == 200 }
                }
            }
        }
    }

    @Test("is tried again later where the issuer was away, and not again once it has been told")
    func retriesLater() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                issuer.inject(.status(503), at: .revocation)
                #expect(try await house.engine.logout("example").retrying)
                for _ in 0..<3 {
                    house.clock.advance(by: .seconds(16 * 60))
                    _ = await house.problem()
                    try await issuer.waitUntil {
                        $0.log.contains { $0.endpoint == .revocation && $0.status == 200 }
                    }
                }
                #expect(issuer.count(of: .revocation) == 2)
            }
        }
    }

    @Test("leaves the issuer alone for as long as it asks for")
    func retryAfter() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                issuer.inject(.status(503, headers: ["Retry-After": "7200"]), at: .revocation)
                #expect(try await house.engine.logout("example").retrying)
                house.clock.advance(by: .seconds(3600))
                for _ in 0..<10 { _ = await house.problem() }
                #expect(issuer.count(of: .revocation) == 1)
                house.clock.advance(by: .seconds(3700))
                _ = await house.problem()
                try await issuer.waitUntil { $0.count(of: .revocation) == 2 }
            }
        }
    }

    @Test("that the issuer refuses is not tried again, and says so")
    func refused() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                issuer.inject(.error("invalid_client", status: 401), at: .revocation)
                let answer = try await house.engine.logout("example")
                #expect(!answer.revoked)
                #expect(!answer.retrying)
                #expect(answer.detail.contains("invalid_client"))
            }
        }
    }

    @Test("asked for twice at once is answered twice, and done once")
    func twice() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                issuer.inject(.delay(.milliseconds(100)), at: .revocation)
                async let one = house.engine.logout("example")
                async let other = house.engine.logout("example")
                let answers = try await [one, other]
                #expect(answers.contains { $0.revoked })
                #expect(Set(issuer.log.filter { $0.endpoint == .revocation }.map(\.grant)).count == 1)
                #expect(await house.problem()?.code == .loginRequired)
            }
        }
    }

    @Test("is answered though its account leaves the configuration meanwhile")
    func accountLeaves() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                issuer.inject(.delay(.milliseconds(300)), at: .revocation)
                async let answer = house.engine.logout("example")
                try await issuer.waitUntil { $0.count(of: .revocation) == 1 }
                house.configuration.text = ""
                try await house.engine.reload()
                #expect(try await answer.revoked)
            }
        }
    }

    @Test("is finished before the daemon ends")
    func atTheEnd() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                issuer.inject(.delay(.milliseconds(300)), at: .revocation)
                async let answer = house.engine.logout("example")
                try await issuer.waitUntil { $0.count(of: .revocation) == 1 }
                await house.engine.drain(patience: .seconds(10))
                #expect(try await answer.revoked)
            }
        }
    }

    @Test("during a refresh revokes what the refresh brings")
    func duringRefresh() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                issuer.inject(.delay(.milliseconds(300)), at: .token)
                async let refreshed = house.refreshProblem()
                try await issuer.waitUntil { $0.log.contains { $0.grantType == .refreshToken } }
                _ = try await house.engine.logout("example")
                // Nothing is left in the configuration that the late answer would belong to.
                house.configuration.text = ""
                try await house.engine.reload()
                #expect(await refreshed != nil)
                try await issuer.waitUntil { $0.count(of: .revocation) == 2 }
            }
        }
    }

    @Test("that cannot be written says so; repeated when the disk is back, it has the token revoked that is left there")
    func diskFails() async throws {
        let directory = House.newDirectory()
        defer { House.remove(directory) }
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account(), directory: directory) { house in
                try await house.logIn()
                try house.loseDisk()
                issuer.inject(.status(503), at: .revocation)
                let answer = try await house.engine.logout("example")
                #expect(answer.detail.contains("wiped as soon as that is possible"))
                #expect(answer.retrying)
                #expect(await house.problem()?.code == .loginRequired)
                try house.findDisk()
                #expect(try await house.engine.logout("example").revoked)
            }
            try await House.with(configuration: issuer.account(), directory: directory) { house in
                #expect(await house.problem()?.code == .loginRequired)
            }
        }
    }

    @Test("that could not be written is not undone by a reload, and is made good when the disk is back")
    func diskFailsAndReturns() async throws {
        let directory = House.newDirectory()
        defer { House.remove(directory) }
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account(), directory: directory) { house in
                try await house.logIn()
                try house.loseDisk()
                _ = try await house.engine.logout("example")
                try house.findDisk()
                try await house.engine.reload()
                #expect(await house.problem()?.code == .loginRequired)
                house.clock.advance(by: .seconds(300))
                _ = await house.problem()
                // Only the store's own list of what is to be revoked makes a second one.
                try await issuer.waitUntil { machine in
                    machine.log.filter { $0.endpoint == .revocation }.count == 2
                }
            }
            try await House.with(configuration: issuer.account(), directory: directory) { house in
                #expect(await house.problem()?.code == .loginRequired)
            }
        }
    }

    @Test("of an account that nobody is logged in to says that there was nothing to revoke")
    func nothing() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                let answer = try await house.engine.logout("example")
                #expect(!answer.revoked)
                #expect(answer.detail.contains("nothing to revoke"))
            }
        }
    }
}
