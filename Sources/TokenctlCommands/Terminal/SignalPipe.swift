import Glibc
import Synchronization

/// Signals as something to `poll` for: each that comes is a byte to be read.
///
/// For as long as it lives the signals do not end the process. There is one at a time, as there is one set of signal
/// handlers in a process.
struct SignalPipe: ~Copyable {
    /// Readable when a signal has come.
    let descriptor: Int32
    private let signals: [Int32]

    /// Where the handler writes. A handler can reach nothing but what is global.
    private static let writeEnd = Atomic<Int32>(-1)

    /// Takes over the signals. Throws where there is no descriptor left.
    init(_ signals: [Int32]) throws(CommandFailure) {
        var ends: [Int32] = [-1, -1]
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 else {
            throw CommandFailure(.temporary, "cannot open a pair of sockets: \(String(cString: strerror(errno)))")
        }
        descriptor = ends[0]
        self.signals = signals
        Self.writeEnd.store(ends[1], ordering: .sequentiallyConsistent)
        var action = sigaction()
        action.sa_flags = SA_RESTART
        action.__sigaction_handler.sa_handler = { signal in
            let number = errno
            var byte = UInt8(truncatingIfNeeded: signal)
            _ = write(SignalPipe.writeEnd.load(ordering: .relaxed), &byte, 1)
            errno = number
        }
        for signal in signals { sigaction(signal, &action, nil) }
    }

    deinit {
        for number in signals { signal(number, SIG_DFL) }
        close(Self.writeEnd.exchange(-1, ordering: .sequentiallyConsistent))
        close(descriptor)
    }

    /// The signals that have come since the last time.
    borrowing func take() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        return bytes.prefix(max(0, count)).map(Int32.init)
    }
}
