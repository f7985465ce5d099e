/// A moment on both clocks of a Linux machine.
///
/// The wall clock may be set back or forward at any time; the boot clock cannot, and goes on while the machine is
/// suspended, but starts again with each boot. So ages within one boot are counted by the boot clock alone, and only
/// across a reboot by the wall clock.
package struct Instant: Sendable, Hashable {
    /// Time since 1970-01-01T00:00:00Z (`CLOCK_REALTIME`).
    package var wall: Duration
    /// Time since the boot, suspended time included (`CLOCK_BOOTTIME`).
    package var boot: Duration
    /// Which boot `boot` belongs to: the text of `/proc/sys/kernel/random/boot_id`.
    package var bootID: String

    package init(wall: Duration, boot: Duration, bootID: String) {
        self.wall = wall
        self.boot = boot
        self.bootID = bootID
    }

    /// The moment that lies `duration` later on both clocks; earlier, when it is negative.
    package func advanced(by duration: Duration) -> Instant {
        Instant(wall: wall + duration, boot: boot + duration, bootID: bootID)
    }

    /// How long ago `earlier` was.
    ///
    /// - Returns: `nil` when nobody can tell: another boot, and the wall clock stands before that moment.
    package func age(since earlier: Instant) -> Duration? {
        if bootID == earlier.bootID { return boot - earlier.boot }
        return wall < earlier.wall ? nil : wall - earlier.wall
    }

    /// How long it is from here until `deadline`; negative when it has passed.
    package func remaining(until deadline: Instant) -> Duration {
        bootID == deadline.bootID ? deadline.boot - boot : deadline.wall - wall
    }

    /// Whether `deadline` has come.
    package func hasReached(_ deadline: Instant) -> Bool {
        remaining(until: deadline) <= .zero
    }
}

extension Duration {
    /// The whole number of seconds in it, fractions cut off toward zero.
    package var wholeSeconds: Int64 { components.seconds }

    /// The duration multiplied by a fraction such as a jitter between 0 and 1.
    package func scaled(by factor: Double) -> Duration { self * factor }
}
