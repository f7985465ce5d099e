package import OAuth

/// How long to leave an issuer alone after a failure. Pure; the random part comes in as an argument.
///
///     failures      1    2    3    4    5    6    7    8    9   …
///     not sent      1    2    4    8   16   32   48   48   48      + up to a quarter: never over 60 s
///     answered      1    2    4    8   16   32   64  128  240      + up to a quarter: never over 5 min
///     unknown       1    5   15   24   24   24   24   24   24      + up to a quarter: never over 30 s
///
/// An unknown outcome is tried again soon, because the issuer may have rotated the refresh token and accepts the old one,
/// if at all, for some tens of seconds.
package enum Backoff {
    /// The delay before the next try.
    ///
    /// `failures` counts the attempts in a row that ended with this outcome, the last one included. What the issuer asked
    /// for in `retryAfter` is never undercut: `jitter`, 0 to 1, only adds to it.
    package static func delay(
        after outcome: Failure.Outcome,
        failures: Int,
        retryAfter: Duration?,
        jitter: Double
    ) -> Duration {
        let steps = max(0, failures - 1)
        let base: Duration =
            switch outcome {
            case .notSent: min(.seconds(1 << min(steps, 16)), .seconds(48))
            case .answered: min(.seconds(1 << min(steps, 16)), .seconds(240))
            case .unknown: [Duration.seconds(1), .seconds(5), .seconds(15)].dropFirst(steps).first ?? .seconds(24)
            }
        let own = base + (base / 4).scaled(by: jitter)
        guard let retryAfter else { return own }
        return max(own, retryAfter + min(retryAfter / 10, .seconds(30)).scaled(by: jitter))
    }
}
