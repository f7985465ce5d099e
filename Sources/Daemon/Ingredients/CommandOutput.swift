import CLinux
import Dispatch
import Glibc

/// Runs a configured command for what it prints, such as `pass show corp`.
///
/// The command is run as it is written, without a shell, with an environment of few variables and no descriptor of ours
/// but its standard output; what it says on standard error is thrown away, because it may hold secrets.
struct CommandOutput: Sendable {
    /// Why there is no output, as a sentence.
    struct Failed: Error, Sendable {
        var message: String
    }

    /// The variables that a command gets from us: what secret stores need to find their files and their agents.
    private static let passedOn: Set<String> = [
        "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "GNUPGHOME", "HOME", "LANG", "LC_ALL", "LOGNAME", "PASSWORD_STORE_DIR",
        "PATH", "SSH_AUTH_SOCK", "TZ", "USER", "WAYLAND_DISPLAY", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR", "XDG_STATE_HOME",
    ]

    let command: [String]
    let environment: [String: String]
    /// The most bytes it may print.
    var limit = 64 * 1024
    /// How long it may take; then it is killed.
    var timeout = Duration.seconds(30)

    /// Runs the command on a thread of its own.
    ///
    /// - Throws: `Failed` when it cannot be started, exits with another status than 0, prints too much or takes too long.
    func read() async throws(Failed) -> [UInt8] {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<[UInt8], Failed>, Never>) in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(returning: Result { () throws(Failed) in try run() })
            }
        }
        return try result.get()
    }

    private var name: String { command.first ?? "" }

    private func run() throws(Failed) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw failed("cannot be started: \(String(cString: strerror(errno)))") }
        let output = ends[0]
        defer { close(output) }
        let child: pid_t
        do {
            defer { close(ends[1]) }
            child = try spawn(output: ends[1])
        }
        do throws(Failed) {
            let bytes = try drain(output)
            try reap(child)
            return bytes
        } catch {
            kill(child, SIGKILL)
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            throw error
        }
    }

    private func spawn(output: Int32) throws(Failed) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        clinux_close_from(&actions, STDERR_FILENO + 1)

        var arguments = command.map { strdup($0) } + [nil]
        var variables =
            environment.filter { Self.passedOn.contains($0.key) }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child = pid_t()
        let status = posix_spawnp(&child, name, &actions, nil, &arguments, &variables)
        guard status == 0 else { throw failed("cannot be started: \(String(cString: strerror(status)))") }
        return child
    }

    private func drain(_ descriptor: Int32) throws(Failed) -> [UInt8] {
        let deadline = ContinuousClock.now + timeout
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw failed("did not end within \(timeout.components.seconds) seconds") }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, Int32(left.components.seconds) * 1000 + 999)
            guard ready > 0 else { continue }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failed("cannot be read: \(String(cString: strerror(errno)))") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw failed("prints more than \(limit) bytes") }
        }
    }

    private func reap(_ child: pid_t) throws(Failed) {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return }
        }
        guard status & 0x7F == 0 else { throw failed("was ended by signal \(status & 0x7F)") }
        let code = (status >> 8) & 0xFF
        guard code == 0 else { throw failed("exited with status \(code)") }
    }

    private func failed(_ what: String) -> Failed { Failed(message: "the command `\(name)` \(what)") }
}
