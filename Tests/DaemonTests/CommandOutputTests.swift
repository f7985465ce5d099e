import Daemon
import Glibc
import Testing

/// Commands of the configuration, run for real.
@Suite("A configured command") struct CommandOutputTests {
    private static let environment = [
        "PATH": "/usr/bin:/bin", "HOME": "/home/test", "LANG": "C", "NOTIFY_SOCKET": "/run/secret", "TOKEN": "hidden",
        "LD_PRELOAD": "/nowhere.so", "XDG_RUNTIME_DIR": "/run/user/1",
    ]

    private func output(
        of command: [String],
        limit: Int = 64 * 1024,
        timeout: Duration = .seconds(30)
    ) async throws(CommandOutput.Failed) -> String {
        let command = CommandOutput(
            command: command,
            environment: Self.environment,
            limit: limit,
            timeout: timeout
        )
        return String(decoding: try await command.read(), as: UTF8.self)
    }

    private func shell(_ script: String, limit: Int = 64 * 1024, timeout: Duration = .seconds(30)) async throws
        -> String
    {
        try await output(of: ["sh", "-c", script], limit: limit, timeout: timeout)
    }

    @Test("gives what it prints, byte for byte, and keeps what it complains of to itself")
    func prints() async throws {
        #expect(try await shell("printf 'a\\n b\\0c'; echo noise >&2") == "a\n b\0c")
        #expect(try await output(of: ["true"]).isEmpty)
    }

    @Test("is run without a shell, each argument as it is")
    func noShell() async throws {
        #expect(try await output(of: ["printf", "%s|", "$HOME", "a b", "*", ""]) == "$HOME|a b|*||")
    }

    @Test("reads nothing from us")
    func standardInput() async throws {
        #expect(try await output(of: ["cat"]).isEmpty)
    }

    @Test("gets few of our variables")
    func variables() async throws {
        let lines = try await output(of: ["env"]).split(separator: "\n").sorted()
        #expect(lines == ["HOME=/home/test", "LANG=C", "PATH=/usr/bin:/bin", "XDG_RUNTIME_DIR=/run/user/1"])
    }

    @Test("gets no descriptor of ours")
    func descriptors() async throws {
        let ours = open("/dev/null", O_RDONLY)
        try #require(ours > STDERR_FILENO)
        defer { close(ours) }
        try #require(fcntl(ours, F_GETFD) & FD_CLOEXEC == 0)
        // The fourth is that of the directory which is being listed.
        #expect(try await output(of: ["ls", "/proc/self/fd"]) == "0\n1\n2\n3\n")
    }

    @Test("finds every signal as a program expects it, though we ignore some and our threads block others")
    func signals() async throws {
        signal(SIGPIPE, SIG_IGN)
        let lines = try await output(of: ["grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"]).split(separator: "\n")
        let masks = lines.compactMap { $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } }
        // Signals 32 and 33 are the C library's own, which it lets nobody set.
        #expect(masks.map { $0 & ~(0b11 << 31) } == [0, 0])
    }

    @Test("leaves no descriptor open in us, however it ends")
    func leaks() async throws {
        // Other tests open and close descriptors all the while, so this one looks at pipes in a process of its own making:
        // many runs would add many.
        let before = Self.openPipes
        for _ in 0..<40 {
            _ = try await output(of: ["true"])
            _ = try? await output(of: ["false"])
            _ = try? await output(of: ["/nowhere/at/all"])
        }
        #expect(Self.openPipes < before + 60)
    }

    @Test(
        "that does not end well gives nothing, and says how it ended",
        arguments: [
            ("exit 3", "the command `sh` exited with status 3"),
            ("echo half; exit 1", "the command `sh` exited with status 1"),
            ("kill -TERM $$", "the command `sh` was ended by signal 15"),
            ("exec sh -c 'exit 255'", "the command `sh` exited with status 255"),
        ]
    )
    func badEnd(script: String, message: String) async {
        let failure = await #expect(throws: CommandOutput.Failed.self) { try await shell(script) }
        #expect(failure?.message == message)
    }

    @Test(
        "that is not there, or is no program, says so",
        arguments: [
            ("/nowhere/at/all", "No such file or directory"),
            ("tokend-test-no-such-program", "No such file or directory"),
            ("/etc/passwd", "Permission denied"),
        ]
    )
    func notStarted(program: String, reason: String) async {
        let failure = await #expect(throws: CommandOutput.Failed.self) { try await output(of: [program]) }
        #expect(failure?.message == "the command `\(program)` cannot be started: \(reason)")
    }

    @Test("that prints without end is stopped")
    func tooMuch() async {
        let failure = await #expect(throws: CommandOutput.Failed.self) { try await output(of: ["yes"], limit: 10_000) }
        #expect(failure?.message == "the command `yes` prints more than 10000 bytes")
    }

    @Test("may print as much as is allowed")
    func justEnough() async throws {
        #expect(try await shell("head -c 10000 /dev/zero", limit: 10_000).utf8.count == 10_000)
    }

    @Test(
        "that takes too long is killed, with what it has started, even if it has closed its output",
        arguments: ["", "exec >&-;"]
    )
    func tooLong(first: String) async throws {
        let scratch = try Scratch()
        let note = scratch.path + "/child"
        let script = "\(first) sleep 600 & echo $! > \(note); wait"
        let failure = await #expect(throws: CommandOutput.Failed.self) {
            try await shell(script, timeout: .milliseconds(300))
        }
        #expect(failure?.message == "the command `sh` did not end within 0.3 seconds")
        let text = try #require(try? SmallText(note).text)
        let child = try #require(Int32(text))
        try await eventually("the grandchild is gone") { Self.isGone(child) }
    }

    /// Whether a process has ended; one that nobody has waited for yet counts.
    private static func isGone(_ process: Int32) -> Bool {
        guard let status = try? SmallText("/proc/\(process)/stat").text else { return true }
        return status.contains(") Z ")
    }

    private static var openPipes: Int {
        (3..<1024).count { descriptor in
            var status = stat()
            return fstat(Int32(descriptor), &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
        }
    }
}

/// A small file, for tests to look into.
struct SmallText {
    struct Unreadable: Error {}

    let text: String

    init(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable() }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw Unreadable() }
        text = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
    }
}
