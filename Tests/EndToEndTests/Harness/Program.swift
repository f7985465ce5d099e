import Foundation
import Glibc

/// A program that a test starts, with what it has written, and that ends with the test at the latest.
final class Program: Sendable {
    /// How it ended.
    enum End: Sendable, Hashable {
        case exit(Int32)
        case signal(Int32)
    }

    /// What is known of it so far.
    struct Progress: Sendable {
        fileprivate(set) var outputBytes: [UInt8] = []
        fileprivate(set) var errorBytes: [UInt8] = []
        fileprivate(set) var end: End?

        var output: String { String(decoding: outputBytes, as: UTF8.self) }
        var errors: String { String(decoding: errorBytes, as: UTF8.self) }
    }

    /// What a program left behind.
    struct Outcome: Sendable, CustomStringConvertible {
        var end: End
        var output: String
        var errors: String

        /// The exit status; `nil` for one that a signal ended.
        var status: Int32? { if case .exit(let status) = end { status } else { nil } }

        var description: String { "\(end)\nstandard output: \(output)\nstandard error: \(errors)" }
    }

    let pid: pid_t
    private let progress = Watched(Progress())

    /// Starts a program.
    ///
    /// It gets these variables and no other, `input` on its standard input, and no descriptor of ours beyond the three.
    init(
        _ path: String,
        _ arguments: [String] = [],
        environment: [String: String] = Environment.minimal,
        input: String = ""
    ) throws {
        var (stdin, stdout, stderr) = (try Pipe(), try Pipe(), try Pipe())
        defer {
            stdin.closeReader()
            stdin.closeWriter()
            stdout.closeWriter()
            stderr.closeWriter()
        }
        do {
            try stdin.fill(with: input)
            pid = try spawn(
                path,
                arguments,
                environment: environment,
                input: stdin.reader,
                output: stdout.writer,
                errors: stderr.writer
            )
        } catch {
            stdout.closeReader()
            stderr.closeReader()
            throw error
        }
        let sources = [(stdout.reader, \Progress.outputBytes), (stderr.reader, \Progress.errorBytes)]
        Thread.detachNewThread { [pid, progress] in
            Self.collect(sources, into: progress)
            Self.collectEnd(of: pid, into: progress)
        }
    }

    deinit { signal(SIGKILL) }

    /// Runs a program to its end, for at most `limit`.
    static func run(
        _ path: String,
        _ arguments: [String] = [],
        environment: [String: String] = Environment.minimal,
        input: String = "",
        limit: Duration = .seconds(60)
    ) async throws -> Outcome {
        try await Program(path, arguments, environment: environment, input: input).ended(within: limit)
    }

    /// What it has written so far, and whether it has ended.
    var soFar: Progress { progress.value }

    /// Sends a signal, unless it has ended: its number may be another program's by then.
    func signal(_ number: Int32) {
        progress.change { if $0.end == nil { kill(pid, number) } }
    }

    /// Returns what is known once the condition holds; throws when the program ends without that.
    @discardableResult
    func until(_ condition: @escaping @Sendable (Progress) -> Bool) async throws -> Progress {
        let progress = try await progress.until { condition($0) || $0.end != nil }
        if let end = progress.end, !condition(progress) {
            throw EndedTooSoon(outcome: Outcome(end: end, output: progress.output, errors: progress.errors))
        }
        return progress
    }

    /// Waits until it has ended; when `limit` is over, it is killed.
    @discardableResult
    func ended(within limit: Duration = .seconds(60)) async throws -> Outcome {
        let limit = Task {
            try await Task.sleep(for: limit)
            signal(SIGKILL)
        }
        defer { limit.cancel() }
        let last = try await progress.until { $0.end != nil }
        return Outcome(end: last.end ?? .exit(0), output: last.output, errors: last.errors)
    }

    /// Why something will never be seen of a program.
    struct EndedTooSoon: Error, CustomStringConvertible {
        var outcome: Outcome
        var description: String { "the program ended too soon: \(outcome)" }
    }

    /// Reads until nobody has the other ends any more.
    private static func collect(
        _ sources: [(descriptor: Int32, bytes: any WritableKeyPath<Progress, [UInt8]> & Sendable)],
        into progress: Watched<Progress>
    ) {
        var polled = sources.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while polled.contains(where: { $0.fd >= 0 }) {
            guard poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else { break }
            for (index, source) in sources.enumerated() where polled[index].fd >= 0 && polled[index].revents != 0 {
                let count = read(source.descriptor, &buffer, buffer.count)
                if count > 0 {
                    progress.change { $0[keyPath: source.bytes] += buffer[..<count] }
                } else if count == 0 || errno != EINTR {
                    close(source.descriptor)
                    polled[index].fd = -1
                }
            }
        }
    }

    /// Waits for the end. The process is collected under the lock, so that no signal can go to its successor.
    private static func collectEnd(of pid: pid_t, into progress: Watched<Progress>) {
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        progress.change { progress in
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            let signal = status & 0x7F
            progress.end = signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal)
        }
    }
}
