import Glibc

/// The moment at which waiting for the daemon ends, on the clock that stands still while the machine sleeps.
package struct Deadline: Sendable, Hashable {
    /// Milliseconds of the monotonic clock; `nil` never comes.
    private let moment: Int64?

    /// The moment that many seconds from now.
    package init(secondsFromNow seconds: Int) { moment = Self.now + Int64(seconds) * 1000 }

    private init(never: Void) { moment = nil }

    /// Never comes; for event streams.
    package static var never: Deadline { Deadline(never: ()) }

    /// Milliseconds from now, in the form that `poll` takes: zero when it is past, -1 when it never comes.
    package var pollTimeout: Int32 {
        guard let moment else { return -1 }
        return Int32(clamping: max(0, moment - Self.now))
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
