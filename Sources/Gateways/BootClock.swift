internal import Glibc

/// The clock by which tokens expire here: it cannot be set, and goes on while the machine is suspended.
enum BootClock {
    /// Time since the boot (`CLOCK_BOOTTIME`).
    static func now() -> Duration {
        var time = timespec()
        let result = clock_gettime(CLOCK_BOOTTIME, &time)
        precondition(result == 0, "Linux has had CLOCK_BOOTTIME since 2.6.39")
        return Duration(
            secondsComponent: Int64(time.tv_sec),
            attosecondsComponent: Int64(time.tv_nsec) * 1_000_000_000
        )
    }
}
