import Glibc
package import OAuth

/// Reads both clocks of the machine. The one place in the daemon that does.
package struct SystemClock: Sendable {
    /// `/proc/sys/kernel/random/boot_id`, which stays the same until the next boot.
    private let bootID: String

    /// Reads the boot's identity once. Where `/proc` is not there to tell, each start counts as a boot of its own: ages
    /// are then taken from the wall clock after a restart, which is the careful choice.
    package init() {
        bootID =
            (try? SmallFile.read("/proc/sys/kernel/random/boot_id", limit: 64)).flatMap { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                return text.split(whereSeparator: \.isWhitespace).first.map(String.init)
            } ?? "process-\(getpid())-\(Self.read(CLOCK_BOOTTIME).components.attoseconds)"
    }

    package func now() -> Instant {
        Instant(wall: Self.read(CLOCK_REALTIME), boot: Self.read(CLOCK_BOOTTIME), bootID: bootID)
    }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        // The call fails only for a clock that the kernel does not have; both are older than any that runs Swift.
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
