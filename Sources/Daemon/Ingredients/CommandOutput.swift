import CLinux
import Glibc
import Transport

/// Runs a configured command for what it prints, such as `pass show corp`.
///
/// The command is run as it is written, without a shell, with an environment of few variables, the signals as a program
/// expects them, and no descriptor of ours but its standard output; what it says on standard error is thrown away, because
/// it may hold secrets.
package struct CommandOutput: Sendable {
    /// Why there is no output, as a sentence.
    package struct Failed: Error, Sendable {
        package var message: String
    }

    /// The variables that a command gets from us: what secret stores, and AWS's own tools, need to find their files and
    /// their agents.
    private static let passedOn: Set<String> = [
        "AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_SHARED_CREDENTIALS_FILE",
        "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "GNUPGHOME", "HOME", "LANG", "LC_ALL", "LOGNAME", "PASSWORD_STORE_DIR",
        "PATH", "SSH_AUTH_SOCK", "TZ", "USER", "WAYLAND_DISPLAY", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR", "XDG_STATE_HOME",
    ]

    private let command: [String]
    private let environment: [String: String]
    private let limit: Int
    private let timeout: Duration

    /// Prepares a command.
    ///
    /// - Parameters:
    ///   - command: the program, looked for in `$PATH`, and its arguments.
    ///   - environment: our own variables, of which the command gets some.
    ///   - limit: the most bytes it may print.
    ///   - timeout: how long it may take; then it is killed, with what it has started.
    package init(
        command: [String],
        environment: [String: String],
        limit: Int = 64 * 1024,
        timeout: Duration = .seconds(30)
    ) {
        self.command = command
        self.environment = environment
        self.limit = limit
        self.timeout = timeout
    }

    /// Runs the command on a thread of its own.
    ///
    /// - Throws: `Failed` when it cannot be started, exits with another status than 0, prints too much or takes too long.
    package func read() async throws(Failed) -> [UInt8] {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<[UInt8], Failed>, Never>) in
            let error = startThread {
                continuation.resume(returning: Result { () throws(Failed) in try run() })
            }
            if error != 0 { continuation.resume(returning: .failure(failed("cannot be started", error))) }
        }
        return try result.get()
    }

    private func run() throws(Failed) -> [UInt8] {
        let deadline = ContinuousClock.now + timeout
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw failed("cannot be started", errno) }
        defer { close(ends[0]) }
        let started = Result { () throws(Failed) in try start(writingTo: ends[1]) }
        close(ends[1])
        let child = try started.get()
        let status: Int32
        let bytes: [UInt8]
        do throws(Failed) {
            bytes = try drain(ends[0], until: deadline)
            status = try waitForEnd(of: child, until: deadline)
        } catch {
            // The child has not been waited for, so its number, and that of its group, still mean it and nobody else.
            kill(-child, SIGKILL)
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            throw error
        }
        guard status & 0x7F == 0 else { throw failed("was ended by signal \(status & 0x7F)") }
        let code = (status >> 8) & 0xFF
        guard code == 0 else { throw failed("exited with status \(code)") }
        return bytes
    }

    private func drain(_ descriptor: Int32, until deadline: ContinuousClock.Instant) throws(Failed) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw tookTooLong }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, Int32(clamping: Int64(left / .milliseconds(1)) + 1)) > 0 else { continue }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failed("cannot be read", errno) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw failed("prints more than \(limit) bytes") }
        }
    }

    /// Waits for a command that has closed its output: it may still go on.
    ///
    /// - Returns: the status, in the form of wait(2).
    private func waitForEnd(of child: pid_t, until deadline: ContinuousClock.Instant) throws(Failed) -> Int32 {
        while true {
            var status: Int32 = 0
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { return status }
            guard ended == 0 || errno == EINTR else { throw failed("cannot be waited for", errno) }
            guard ContinuousClock.now < deadline else { throw tookTooLong }
            // Most end together with their output.
            poll(nil, 0, 5)
        }
    }

    private var tookTooLong: Failed { failed("did not end within \(timeout)") }

    private func failed(_ what: String, _ cause: Int32? = nil) -> Failed {
        let reason = cause.map { ": " + String(cString: strerror($0)) } ?? ""
        return Failed(message: "the command `\(command.first ?? "")` \(what)\(reason)")
    }
}

extension CommandOutput {
    /// Starts the command in a process group of its own.
    private func start(writingTo output: Int32) throws(Failed) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        try check(posix_spawn_file_actions_init(&actions))
        defer { posix_spawn_file_actions_destroy(&actions) }
        try check(posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0))
        try check(posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO))
        try check(posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0))
        try check(clinux_close_from(&actions, STDERR_FILENO + 1))

        // What we ignore, and what this thread blocks, would be ignored and blocked by the command as well.
        var attributes = posix_spawnattr_t()
        try check(posix_spawnattr_init(&attributes))
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        try check(posix_spawnattr_setsigmask(&attributes, &signals))
        sigfillset(&signals)
        try check(posix_spawnattr_setsigdefault(&attributes, &signals))
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        try check(posix_spawnattr_setflags(&attributes, Int16(flags)))

        var arguments = command.map { strdup($0) } + [nil]
        var variables =
            environment.filter { Self.passedOn.contains($0.key) }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child = pid_t()
        try check(posix_spawnp(&child, command.first ?? "", &actions, &attributes, &arguments, &variables))
        return child
    }

    /// Throws what an error number says that is returned and not left in `errno`.
    private func check(_ status: Int32) throws(Failed) {
        guard status == 0 else { throw failed("cannot be started", status) }
    }
}
