/// How long something lives that an issuer has just given out, as read from `expires_in`.
package struct Lifetime: Sendable, Hashable {
    /// More than zero, and at most ten years: what is longer is cut, because no clock is worth that trust.
    package var duration: Duration
    /// The issuer wrote the moment of the end where the number of seconds belongs.
    package var wasAbsolute: Bool

    /// Reads a number of seconds that counts from `sentAt`; a billion or more is the end itself, in seconds since 1970.
    ///
    /// - Returns: `nil` unless the end is still to come. Such a token must not be served, nor asked for again in haste.
    package init?(seconds: Double, sentAt: Instant) {
        wasAbsolute = seconds >= 1_000_000_000
        let remaining = wasAbsolute ? seconds - sentAt.wall / .seconds(1) : seconds
        guard remaining > 0 else { return nil }
        duration = .seconds(min(remaining, Self.longest))
    }

    private static let longest: Double = 10 * 365 * 86_400
}
