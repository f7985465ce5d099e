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
