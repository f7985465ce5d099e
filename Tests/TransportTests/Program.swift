import Glibc
import Synchronization
import Transport

/// A program of the system's, started for a test and ended with it.
final class Program: Sendable {
    private let process: pid_t
    private let errors: Int32
    /// The status it ended with, once that has been collected. From then on its number may be another program's.
    private let status = Mutex<Int32?>(nil)

    /// The path of a program that is installed.
    static func path(_ name: String) -> String? {
        let folders =
            (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":") + ["/usr/bin", "/usr/sbin"]
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Starts it with its errors in a pipe, its output nowhere and no input.
    init(_ name: String, _ arguments: [String]) throws {
        guard let path = Self.path(name) else { throw SystemFailure(ENOENT) }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemFailure(errno) }
        defer { close(ends[1]) }
        errors = ends[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        // Whatever is open here stays here, whoever opened it and when: a server's connection that lived on in a child would
        // not close.
        for descriptor in 3..<Int32(1024) { posix_spawn_file_actions_addclose(&actions, descriptor) }
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let error = posix_spawn(&process, path, &actions, nil, words, environ)
        self.process = process
        guard error == 0 else { throw SystemFailure(error) }
    }

    deinit {
        close(errors)
        if process > 0, status.withLock({ $0 }) == nil {
            kill(process, SIGKILL)
            _ = wait()
        }
    }

    /// Reads its errors up to the first line that holds `text`, or to the end. Blocks.
    func errorText(upTo text: String? = nil) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(errors, &byte, 1) == 1 {
            bytes.append(byte)
            if byte == UInt8(ascii: "\n"), let text {
                let read = String(decoding: bytes, as: UTF8.self)
                if read.contains(text) { return read }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Waits until it ends.
    ///
    /// - Returns: the status as of `waitpid`.
    private func wait() -> Int32 {
        status.withLock { status in
            var ended: Int32 = 0
            while waitpid(process, &ended, 0) < 0 && errno == EINTR {}
            status = ended
            return ended
        }
    }

    /// Runs a program to its end.
    static func run(_ name: String, _ arguments: String...) async throws {
        try await onThread {
            let program = try Program(name, arguments)
            let errors = program.errorText()
            guard program.wait() == 0 else { throw ProgramFailure(description: "\(name) \(arguments): \(errors)") }
        }
    }
}

/// Does work that blocks on a thread of its own: the other tests share the threads of Swift's tasks.
func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let error = startThread { continuation.resume(with: Swift.Result { try work() }) }
        if error != 0 { continuation.resume(throwing: SystemFailure(error)) }
    }
}

/// A program that ended badly, with what it said.
struct ProgramFailure: Error, CustomStringConvertible {
    let description: String
}
