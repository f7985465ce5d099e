import Foundation
import Glibc
import LocalAPI
import SandboxIssuer
import Synchronization
import Testing

/// A person's home with the real programs in it: a directory of its own for configuration, state and sockets, at most one
/// daemon, and everything that was written to standard error there.
final class House: Sendable {
    let directory: String
    /// What every program in the house is started with.
    let environment: [String: String]
    private let notify: NotifySocket
    private let running = Mutex<Program?>(nil)
    private let endedLogs = Mutex("")

    /// Runs a test in a house that is taken down afterwards. A daemon that still runs then must stop when it is told to.
    static func with<Result>(_ body: (House) async throws -> Result) async throws -> Result {
        let house = try House()
        defer { house.remove() }
        do {
            let result = try await body(house)
            if house.daemon != nil {
                let end = try await house.stop()
                #expect(end.status == 0, "the daemon did not stop in order: \(end)")
            }
            return result
        } catch {
            Issue.record("the daemons of this test have logged:\n\(house.log)")
            throw error
        }
    }

    /// Runs a test in a house beside an issuer, for which the configuration has the account `example`.
    static func with<Result>(
        issuer configuration: SandboxIssuer.Configuration,
        _ body: (House, SandboxIssuer) async throws -> Result
    ) async throws -> Result {
        try await SandboxIssuer.running(configuration) { issuer in
            try await with { house in
                try house.configure(issuer.account())
                return try await body(house, issuer)
            }
        }
    }

    private init() throws {
        var template = Array("/tmp/tokend-e2e.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemFailure("cannot make a directory") }
        let directory = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        self.directory = directory
        for folder in ["config/tokend", "state", "run"] {
            try FileManager.default.createDirectory(
                atPath: "\(directory)/\(folder)",
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        notify = try NotifySocket(path: "\(directory)/notify")
        environment = Environment.minimal.merging([
            "HOME": directory, "XDG_CONFIG_HOME": "\(directory)/config", "XDG_STATE_HOME": "\(directory)/state",
            "XDG_RUNTIME_DIR": "\(directory)/run",
        ]) { $1 }
    }

    private func remove() {
        daemon?.signal(SIGKILL)
        try? FileManager.default.removeItem(atPath: directory)
    }

    // MARK: Files

    var configurationFile: String { "\(directory)/config/tokend/config.toml" }
    var stateDirectory: String { "\(directory)/state/tokend" }
    var socket: String { "\(directory)/run/tokend/tokend.sock" }

    /// Writes the configuration.
    func configure(_ text: String) throws { try write(text, to: configurationFile) }

    /// Writes a file that only its owner may read.
    @discardableResult
    func write(_ text: String, to path: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: path))
        guard chmod(path, 0o600) == 0 else { throw SystemFailure("cannot protect \(path)") }
        return path
    }

    /// Every file below the state directory, by its path within it. The lock is left out: holding it changes it.
    func stateFiles() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: stateDirectory) where name != "lock" {
            // Directories have no contents.
            files[name] = FileManager.default.contents(atPath: "\(stateDirectory)/\(name)") ?? Data()
        }
        return files
    }

    // MARK: The daemon

    /// The daemon that runs, or has been found dead.
    var daemon: Program? { running.withLock { $0 } }

    /// All that daemons of this house have logged.
    var log: String { endedLogs.withLock { $0 } + (daemon?.soFar.errors ?? "") }

    /// All that daemons have told the service manager.
    var notifications: [String] { notify.messages }

    /// Starts the daemon, by another program where one is named, and waits until it says that it is ready.
    @discardableResult
    func start(
        _ arguments: [String] = [],
        environment changes: [String: String] = [:],
        under launcher: [String] = []
    ) async throws -> Program {
        let told = notify.messages.count
        let daemon = try spawnDaemon(arguments, environment: changes, under: launcher)
        running.withLock { $0 = daemon }
        try await self.told("READY=1", after: told, by: daemon)
        return daemon
    }

    /// Starts a daemon that is expected to give up, and waits until it has.
    func startInVain(_ arguments: [String] = [], environment changes: [String: String] = [:]) async throws
        -> Program.Outcome
    {
        try await spawnDaemon(arguments, environment: changes).ended()
    }

    /// Stops the daemon as systemd does, and waits until it has ended.
    @discardableResult
    func stop() async throws -> Program.Outcome { try await end(by: SIGTERM) }

    /// Ends the daemon without a warning.
    func kill() async throws { try await end(by: SIGKILL) }

    /// Kills the daemon and starts it again.
    func restart() async throws {
        try await kill()
        try await start()
    }

    /// Makes the daemon read its configuration anew and waits until it has.
    func reload() async throws {
        let daemon = try #require(daemon)
        let told = notify.messages.count
        daemon.signal(SIGHUP)
        try await self.told("RELOADING=1", after: told, by: daemon)
        try await self.told("READY=1", after: told, by: daemon)
    }

    /// Waits until the service manager has been told something; throws when the daemon ends instead.
    private func told(_ line: String, after count: Int, by daemon: Program) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.notify.until(line, after: count) }
            group.addTask { try await daemon.until { _ in false } }
            try await group.next()
            group.cancelAll()
        }
    }

    @discardableResult
    private func end(by signal: Int32) async throws -> Program.Outcome {
        let daemon = try #require(daemon)
        daemon.signal(signal)
        let outcome = try await daemon.ended()
        endedLogs.withLock { $0 += outcome.errors }
        running.withLock { $0 = nil }
        return outcome
    }

    private func spawnDaemon(
        _ arguments: [String],
        environment changes: [String: String],
        under launcher: [String] = []
    ) throws -> Program {
        let words = launcher + [try Environment.product("tokend")] + arguments
        let notification = ["NOTIFY_SOCKET": notify.path]
        return try Program(
            words[0],
            Array(words.dropFirst()),
            environment: environment.merging(notification) { $1 }.merging(changes) { $1 }
        )
    }

    // MARK: Those who ask it

    /// Runs `tokenctl` to its end.
    func tokenctl(_ arguments: String..., input: String = "") async throws -> Program.Outcome {
        try await Program.run(
            Environment.product("tokenctl"),
            arguments,
            environment: environment,
            input: input
        )
    }

    /// What `tokenctl` prints, without the newline at its end; it must succeed.
    func output(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        let outcome = try await Program.run(Environment.product("tokenctl"), arguments, environment: environment)
        try #require(outcome.end == .exit(0), "tokenctl \(arguments): \(outcome)", sourceLocation: sourceLocation)
        return outcome.output.hasSuffix("\n") ? String(outcome.output.dropLast()) : outcome.output
    }

    /// Logs in; the issuer approves by itself.
    func logIn(_ account: String = "example", sourceLocation: SourceLocation = #_sourceLocation) async throws {
        _ = try await output("login", account, sourceLocation: sourceLocation)
    }

    /// Follows the daemon's events, from the first that it remembers.
    func events() throws -> Program {
        try Program(Environment.product("tokenctl"), ["events", "--after", "0"], environment: environment)
    }

    /// The state of an account, as `tokenctl` prints it.
    func account(_ name: String = "example") async throws -> AccountStatus {
        try await JSONDecoder().decode(AccountStatus.self, from: Data(output("account", "show", name, "--json").utf8))
    }

    /// The access token with all that is known of it.
    func token(_ account: String = "example", _ options: String...) async throws -> TokenAnswer {
        let arguments = ["token", account, "--json"] + options
        let outcome = try await Program.run(Environment.product("tokenctl"), arguments, environment: environment)
        try #require(outcome.end == .exit(0), "\(arguments): \(outcome)")
        return try JSONDecoder().decode(TokenAnswer.self, from: Data(outcome.output.utf8))
    }
}
