import Foundation
import Glibc
import SandboxIssuer
import Testing

/// What a person at a terminal sees and presses.
@Suite("At a terminal", .timeLimit(.minutes(2)))
struct TerminalTests {
    private static let hasTerminals = Environment.installed("script") != nil

    /// Starts `tokenctl` at a terminal of its own, with 80 columns and 24 lines.
    private func atTerminal(
        _ arguments: String,
        in house: House,
        _ variables: [String: String] = [:],
        input: String = ""
    ) throws -> Program {
        let command = try "\(Environment.product("tokenctl")) \(arguments)"
        return try Program(
            #require(Environment.installed("script")),
            ["--quiet", "--return", "--command", command, "/dev/null"],
            environment: house.environment.merging(["TERM": "xterm", "LANG": "C.UTF-8"]) { $1 }.merging(variables) {
                $1
            },
            input: input
        )
    }

    @Test("the status has colours and bars, and with NO_COLOR neither", .enabled(if: hasTerminals, "needs script(1)"))
    func noColour() async throws {
        try await House.with(issuer: .quick()) { house, _ in
            try await house.start()
            try await house.logIn()
            let colourful = try await atTerminal("status", in: house).ended()
            #expect(colourful.output.contains("█") && colourful.output.contains("\u{1B}[32mfresh"), "\(colourful)")
            let plain = try await atTerminal("status", in: house, ["NO_COLOR": "1"]).ended()
            #expect(plain.output.contains("example  fresh"), "\(plain)")
            #expect(!plain.output.contains("█") && !plain.output.contains("\u{1B}"), "\(plain)")
        }
    }

    @Test(
        "the status that is watched changes in its place until q is pressed",
        .enabled(if: hasTerminals, "needs script(1)")
    )
    func watch() async throws {
        try await House.with(issuer: .quick()) { house, _ in
            try await house.start()
            let outcome = try await atTerminal("status --watch", in: house, input: "q").ended()
            #expect(outcome.end == .exit(0), "\(outcome)")
            #expect(outcome.output.contains("logged_out"), "\(outcome)")
        }
    }

    @Test("a status that is watched ends with Ctrl-C while the daemon does not answer")
    func watchWithoutAnswer() async throws {
        try await House.with { house in
            try await house.start()
            let watch = try Program(
                Environment.product("tokenctl"),
                ["status", "--watch"],
                environment: house.environment
            )
            try await watch.until { $0.output.contains("tokend ") }
            try await house.kill()
            unlink(house.socket)
            // As under systemd while the service is being started: the connection is made, and nobody answers.
            let silent = try SilentListener(path: house.socket)
            try await silent.acceptOne()
            watch.signal(SIGINT)
            #expect(try await watch.ended(within: .seconds(30)).end == .exit(0))
        }
    }

    @Test("a login ends with Ctrl-C while the daemon does not answer")
    func loginWithoutAnswer() async throws {
        try await House.with(issuer: .quick { $0.approval = .byHand }) { house, issuer in
            let daemon = try await house.start()
            let login = try Program(
                Environment.product("tokenctl"),
                ["login", "example"],
                environment: house.environment
            )
            try await login.until { $0.errors.contains("waiting for the login") }
            try await issuer.waitUntil { $0.count(of: .token) >= 1 }
            daemon.signal(SIGSTOP)
            try await onThread { [pid = daemon.pid] in
                var information = siginfo_t()
                guard waitid(P_PID, id_t(pid), &information, WSTOPPED | WNOWAIT) == 0 else {
                    throw SystemFailure("cannot wait for the daemon to stop")
                }
            }
            login.signal(SIGINT)
            let outcome = try await login.ended(within: .seconds(20))
            daemon.signal(SIGCONT)
            #expect(outcome.status == 130, "\(outcome)")
            #expect(
                outcome.errors.hasSuffix(
                    "the login to example may still be pending: the daemon does not answer in time\n"
                )
            )
        }
    }
}

/// A listener that takes connections and says nothing.
private final class SilentListener: Sendable {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0, UnixAddress.bind(descriptor, to: path), listen(descriptor, 16) == 0 else {
            throw SystemFailure("cannot listen at \(path)")
        }
    }

    deinit { close(descriptor) }

    /// Waits until somebody has connected and asked something. The connection stays open for as long as the process.
    func acceptOne() async throws {
        try await onThread { [descriptor] in
            let connection = accept(descriptor, nil, nil)
            var byte: UInt8 = 0
            guard connection >= 0, recv(connection, &byte, 1, 0) == 1 else { throw SystemFailure("nobody asks") }
        }
    }
}
