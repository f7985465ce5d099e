package import Gateways
import Glibc
package import Logging
import Synchronization

/// Writes into the log who read which credential: process, executable and unit; never the credential.
///
/// The socket's thread only leaves a note. Another one looks the process up, if it still lives, and writes. A process that
/// reads the same one again and again is written down once a minute.
package final class ReadLog: TokenAudit {
    private struct Reader: Hashable {
        var account: String
        var credential: Credential
        var pid: Int32
    }

    private struct State {
        var handedOut = 0
        /// When a reader may be written down again.
        var quietUntil: [Reader: ContinuousClock.Instant] = [:]
    }

    /// How long the same reading of the same process is not written down again.
    private static let quietTime = Duration.seconds(60)
    /// How many readers are remembered before those whose time is over are forgotten.
    private static let remembered = 1024

    private let state = Mutex(State())
    private let notes: AsyncStream<Reader>
    private let continuation: AsyncStream<Reader>.Continuation
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Takes the log that it writes to, and the clock by which a minute is a minute.
    package init(logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.logger = logger
        self.now = now
        (notes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.remembered))
    }

    /// How many tokens and role credentials have been handed out.
    package var handedOut: Int { state.withLock { $0.handedOut } }

    /// Leaves a note, and counts.
    package func handedOut(_ credential: Credential, of account: String, to peer: Peer) {
        let reader = Reader(account: account, credential: credential, pid: peer.pid)
        let isNews = state.withLock { state in
            state.handedOut += 1
            let now = now()
            if let quiet = state.quietUntil[reader], now < quiet { return false }
            if state.quietUntil.count >= Self.remembered {
                state.quietUntil = state.quietUntil.filter { now < $0.value }
            }
            if state.quietUntil.count >= Self.remembered { state.quietUntil = [:] }
            state.quietUntil[reader] = now.advanced(by: Self.quietTime)
            return true
        }
        if isNews { continuation.yield(reader) }
    }

    /// Takes no more notes; `run` returns when those that are there have been written down.
    package func finish() { continuation.finish() }

    /// Writes the notes down as they come.
    package func run() async {
        for await reader in notes {
            let process = Self.describe(reader.pid)
            logger.info("\(reader.account): \(reader.credential) read by process \(reader.pid)\(process)")
        }
    }

    /// Executable and unit of a process, as far as it still lives and may be looked at.
    private static func describe(_ pid: Int32) -> String {
        var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = path.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { path in
                path.baseAddress.map { readlink("/proc/\(pid)/exe", $0, path.count) } ?? 0
            }
        }
        let executable = length > 0 ? ", " + String(decoding: path[..<length], as: UTF8.self) : ""
        let group = (try? SmallFile.read("/proc/\(pid)/cgroup", limit: 4096)) ?? []
        let unit = String(decoding: group, as: UTF8.self).split(whereSeparator: { $0 == "/" || $0.isNewline })
            .last { $0.hasSuffix(".service") || $0.hasSuffix(".scope") }
        return executable + (unit.map { ", \($0)" } ?? "")
    }
}
