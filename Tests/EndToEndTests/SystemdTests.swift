import Foundation
import Glibc
import Testing

/// The units as they are shipped, under a real user manager. Each test is a script in `systemd/` that runs beside a
/// manager of its own.
@Suite(
    "tokend as a systemd user service",
    .enabled(UserManager.requirements) { await UserManager.isPossible.value },
    .timeLimit(.minutes(3))
)
struct UserServiceTests {
    @Test("a connection to the socket starts the service and is answered by it")
    func activation() async throws { try await UserManager.pass("activation") }

    @Test("a reload reads the configuration anew, and a bad one changes nothing")
    func reload() async throws { try await UserManager.pass("reload") }

    @Test("a daemon that is killed is started again, and whoever connects meanwhile is answered")
    func restart() async throws { try await UserManager.pass("restart") }

    @Test("a daemon that hangs is replaced, and one that lives is not")
    func watchdog() async throws { try await UserManager.pass("watchdog") }

    @Test("a daemon that cannot use its configuration waits for a person")
    func refusal() async throws { try await UserManager.pass("refusal") }

    @Test("the restrictions of the service are in force, and it does its work under them")
    func hardening() async throws { try await UserManager.pass("hardening") }

    @Test(
        "the strict restrictions are in force, and it does its work under them",
        .enabled("needs user namespaces for everyone") { await UserManager.hasUserNamespaces.value }
    )
    func strict() async throws { try await UserManager.pass("strict") }

    @Test("stopping ends the daemon in order and takes the socket away")
    func stop() async throws { try await UserManager.pass("stop") }
}

/// What tokend and a service manager say to each other. The tests take the manager's part.
@Suite("tokend and its service manager", .timeLimit(.minutes(1)))
struct ServiceManagerTests {
    @Test(
        "a socket that is passed in is served, from the connection that caused the start, and outlives the daemon",
        .enabled(if: Environment.installed("systemd-socket-activate") != nil, "needs systemd-socket-activate")
    )
    func passedSocket() async throws {
        try await House.with { house in
            let manager = try NotifySocket(path: "\(house.directory)/manager")
            let daemon = try startOnConnection(in: house, toldTo: manager)
            try await daemon.until { $0.errors.contains("Listening on") }
            #expect(manager.messages.isEmpty, "it runs before anyone has connected")

            let status = try await house.output("status", "--json")
            #expect(status.contains(#""pid":\#(daemon.pid)"#))
            try await manager.until("READY=1")
            #expect(manager.messages.contains { $0.hasPrefix("READY=1\nSTATUS=serving ") })

            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().end == .exit(0))
            try await manager.until("STOPPING=1")
            #expect(access(house.socket, F_OK) == 0, "it removed a socket that is not its own")
        }
    }

    @Test("signs of life come as often as they are asked for, with nothing else to do")
    func watchdog() async throws {
        try await House.with { house in
            let manager = try NotifySocket(path: "\(house.directory)/manager")
            let daemon = try start(in: house, toldTo: manager, ["WATCHDOG_USEC": "200000"])
            for _ in 1...3 { try await manager.until("WATCHDOG=1", after: manager.messages.count) }
            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().end == .exit(0))
        }
    }

    @Test("signs of life that are asked of another process do not come")
    func foreignWatchdog() async throws {
        try await House.with { house in
            let manager = try NotifySocket(path: "\(house.directory)/manager")
            let daemon = try start(in: house, toldTo: manager, ["WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"])
            try await manager.until("READY=1")
            _ = try await house.output("status")
            daemon.signal(SIGTERM)
            try await daemon.ended()
            try await manager.until("STOPPING=1")
            #expect(!manager.messages.contains("WATCHDOG=1"))
        }
    }

    @Test("a reload is announced with its time, so that the manager knows which one is over")
    func reload() async throws {
        try await House.with { house in
            try await house.start()
            let earliest = Self.monotonicMicroseconds
            try await house.reload()
            let announcement = try #require(house.notifications.first { $0.hasPrefix("RELOADING=1\n") })
            let time = try #require(announcement.split(separator: "\n").last?.split(separator: "=").last)
            #expect(try earliest...Self.monotonicMicroseconds ~= #require(Int(time)))
        }
    }

    private static var monotonicMicroseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }

    private func start(in house: House, toldTo manager: NotifySocket, _ variables: [String: String]) throws -> Program {
        try Program(
            Environment.product("tokend"),
            environment: house.environment.merging(variables) { $1 }.merging(["NOTIFY_SOCKET": manager.path]) { $1 }
        )
    }

    /// A daemon that the first connection starts, as the socket unit does.
    private func startOnConnection(in house: House, toldTo manager: NotifySocket) throws -> Program {
        let folder = URL(filePath: house.socket).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let variables = house.environment.merging(["NOTIFY_SOCKET": manager.path]) { $1 }
        // The mask gives the socket the mode that it has in the unit.
        let launcher = ["-c", "umask 077 && exec systemd-socket-activate \"$@\"", "sh"]
        let options = ["--listen=\(house.socket)", "--fdname=api"] + variables.keys.map { "--setenv=\($0)" }
        return try Program(
            "/bin/sh",
            launcher + options + [Environment.product("tokend")],
            environment: variables
        )
    }
}

/// A systemd user manager in namespaces of its own.
private enum UserManager {
    static let requirements: Comment = "needs root, systemd, and the right to make namespaces and control groups"

    /// Whether this machine lets us have one. `user-manager.sh` ends with 77 where it does not; on any other failure the
    /// tests run and show it.
    static let isPossible = Task { (try? await run("available"))?.status != 77 }

    static let hasUserNamespaces = Task { (try? await run("user-namespaces"))?.status == 0 }

    /// Runs a script that must succeed.
    static func pass(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let outcome = try await run(script)
        #expect(outcome.end == .exit(0), "\(outcome)", sourceLocation: sourceLocation)
    }

    private static func run(_ script: String) async throws -> Program.Outcome {
        let scripts = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "systemd")
        let units = URL(filePath: #filePath).appending(path: "../../../systemd").standardized
        let programs = try URL(filePath: Environment.product("tokend")).deletingLastPathComponent()
        return try await Program.run(
            "/bin/bash",
            [scripts.appending(path: "user-manager.sh"), programs, units, scripts.appending(path: "\(script).sh")]
                .map { $0.path },
            limit: .seconds(150)
        )
    }
}
