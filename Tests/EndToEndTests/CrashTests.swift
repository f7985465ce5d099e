import Foundation
import Glibc
import LocalAPI
import SandboxIssuer
import Testing

/// What happens to the login when the daemon, or its way to the issuer, ends at the worst moment.
@Suite("Crashes", .timeLimit(.minutes(3)))
struct CrashTests {
    @Test(
        "kill -9 again and again around refreshes loses no login where the issuer grants a grace",
        arguments: [RefreshMode.Repeat.sameSuccessor, .newSuccessor]
    )
    func killLoop(onRepeat: RefreshMode.Repeat) async throws {
        let mode = RefreshMode.rotating(grace: .seconds(10), onRepeat: onRepeat)
        try await House.with(issuer: .quick(lifetime: 2, mode)) { house, issuer in
            let rounds = 26
            var random = SeededGenerator(seed: 0x746F_6B65_6E64)
            try await house.start()
            try await house.logIn()
            /// The newest refresh token of which a reader has seen that the daemon has it.
            var acknowledged = 1
            var acknowledgements: [(requests: Int, generation: Int)] = []
            for round in 0..<rounds {
                // Half of the kills fall into an exchange with the issuer, the others anywhere.
                if round.isMultiple(of: 2) {
                    issuer.inject(.delay(.milliseconds(Int.random(in: 0...150, using: &random))), at: .token)
                    try await issuer.refreshes(reach: issuer.refreshes + 1)
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...100, using: &random)))
                } else {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...700, using: &random)))
                }
                try await house.kill()
                issuer.clearFaults()
                try await house.start()
                let token = try await house.output("token", "example")
                let requests = issuer.log.count
                let came = issuer.log.first { entry in
                    entry.issued.contains { serial($0 + "-") == serial(token) }
                }
                let generation = came?.issued.compactMap { Ticket(name: $0)?.generation }.first
                // A reader sees a token only when the refresh token that came with it is saved.
                acknowledged = max(acknowledged, generation ?? 0)
                acknowledgements.append((requests, acknowledged))
            }
            _ = try await house.tokenctl("refresh", "example")
            #expect(try await house.account().lastError == nil)
            #expect(try await house.account().state != .loginRequired)
            try await house.stop()

            let refreshes = issuer.log.filter { $0.grantType == .refreshToken }
            #expect(issuer.machine.grants.map(\.isRevoked) == [false])
            #expect(issuer.reuses.isEmpty)
            #expect(issuer.maxInFlight() == 1)
            #expect(refreshes.allSatisfy { $0.error == nil })
            let generations = refreshes.compactMap(\.generation)
            #expect(generations == generations.sorted(), "an old refresh token came back after a newer one")
            for (requests, generation) in acknowledgements {
                let later = issuer.log.dropFirst(requests).filter { $0.grantType == .refreshToken }.compactMap(
                    \.generation
                )
                #expect(later.allSatisfy { $0 >= generation }, "a saved refresh token was forgotten")
            }
            let repeats = generations.count - Set(generations).count
            #expect(repeats > 0, "no kill fell into an exchange, so this has tested nothing")
            #expect(repeats <= rounds, "a refresh token was tried again without an interruption: \(generations)")
            try await expectSoundStore(of: house)
        }
    }

    @Test("a refresh whose answer is lost to kill -9 is asked for again with the same refresh token, once")
    func lostAnswer() async throws {
        try await House.with(issuer: .quick()) { house, issuer in
            try await house.start()
            try await house.logIn()
            issuer.inject(.commitThenHang, at: .token)
            let refresh = Task { try await house.tokenctl("refresh", "example") }
            try await issuer.refreshes(reach: 1)
            try await house.kill()
            #expect(try await refresh.value.status == 69)
            try await house.start()
            // The intent on the disk tells that the outcome is unknown, so nobody has to ask.
            try await issuer.refreshes(reach: 2)
            let events = try house.events()
            try await events.until { !$0.events(.token, of: "example").isEmpty }
            #expect(issuer.log.filter { $0.grantType == .refreshToken }.map(\.generation) == [1, 1])
            #expect(issuer.maxInFlight() == 1)
            _ = try await house.output("refresh", "example")
            #expect(issuer.log.last?.generation == 2)
            #expect(issuer.reuses.isEmpty)
        }
    }

    @Test("with an issuer that grants no grace a lost answer is told as what it is, and one new login mends it")
    func lostLogin() async throws {
        try await House.with(issuer: .quick(.revokeFamily)) { house, issuer in
            try await house.start()
            try await house.logIn()
            issuer.inject(.commitThenHang, at: .token)
            let refresh = Task { try await house.tokenctl("refresh", "example") }
            try await issuer.refreshes(reach: 1)
            try await house.kill()
            _ = try await refresh.value
            try await house.start()
            let events = try house.events()
            try await events.until { $0.events(.state, of: "example").last?.data.state == "login_required" }
            #expect(issuer.refreshes == 2, "one retry, and no more after invalid_grant")
            // The access token is still good, whatever became of the refresh token.
            #expect(serial(try await house.output("token", "example")) == 1)
            let status = try await house.output("status")
            #expect(status.contains("login_required"))
            let refused = try await house.tokenctl("refresh", "example")
            #expect(refused.status == 77)
            #expect(refused.errors.contains("got lost on the way"), "\(refused)")
            try await house.restart()
            #expect(try await house.account().state == .loginRequired)
            try await house.logIn()
            #expect(try await house.account().state == .fresh)
            #expect(issuer.refreshes == 2)
        }
    }

    @Test("SIGTERM during a refresh waits for the answer and saves it")
    func stopDuringRefresh() async throws {
        try await House.with(issuer: .quick(.revokeFamily)) { house, issuer in
            try await house.start()
            try await house.logIn()
            issuer.inject(.delay(.milliseconds(1500)), at: .token)
            let refresh = Task { try await house.tokenctl("refresh", "example") }
            try await issuer.refreshes(reach: 1)
            let end = try await house.stop()
            #expect(end.status == 0, "\(end)")
            #expect([0, 69, 75].contains(try await refresh.value.status))
            try await house.start()
            #expect(serial(try await house.output("token", "example")) == 2, "the token that was on its way")
            _ = try await house.output("refresh", "example")
            #expect(issuer.log.filter { $0.grantType == .refreshToken }.map(\.generation) == [1, 2])
            #expect(issuer.reuses.isEmpty)
        }
    }

    @Test(
        "who is told that the daemon is ready may stop it at once, and it ends in order",
        arguments: [SIGTERM, SIGINT]
    )
    func stopAtOnce(signal: Int32) async throws {
        try await House.with { house in
            for _ in 0..<3 {
                let daemon = try await house.start()
                daemon.signal(signal)
                let end = try await daemon.ended()
                #expect(end.end == .exit(0))
                try await house.stop()
            }
        }
    }

    @Test("a logout that the issuer could not be told is wiped at once, exits with 75 and is told after a restart")
    func lateRevocation() async throws {
        try await House.with(issuer: .quick()) { house, issuer in
            try await house.start()
            try await house.logIn()
            issuer.inject(.status(503), at: .revocation)
            let logout = try await house.tokenctl("logout", "example")
            #expect(logout.status == 75, "\(logout)")
            #expect(try await house.tokenctl("token", "example").status == 77)
            #expect(issuer.machine.grants.map(\.isRevoked) == [false])
            try await house.restart()
            try await issuer.waitUntil { $0.grants[0].isRevoked }
            #expect(try await house.tokenctl("token", "example").status == 77)
        }
    }

    /// Checks modes and contents of what a stopped daemon has left.
    private func expectSoundStore(of house: House) async throws {
        var paths = [house.stateDirectory]
        paths += try house.stateFiles().keys.map { "\(house.stateDirectory)/\($0)" }
        for path in paths {
            var status = stat()
            try #require(lstat(path, &status) == 0)
            let mode: mode_t = status.st_mode & S_IFMT == S_IFDIR ? 0o700 : 0o600
            #expect(status.st_mode & 0o777 == mode, "\(path)")
        }
        let sqlite = try #require(Environment.installed("sqlite3"))
        let check = try await Program.run(sqlite, ["\(house.stateDirectory)/tokens.sqlite", "PRAGMA integrity_check"])
        #expect(check.output == "ok\n", "\(check)")
    }
}

extension Ticket {
    fileprivate var generation: Int? { if case .refreshToken(_, let generation) = self { generation } else { nil } }
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
