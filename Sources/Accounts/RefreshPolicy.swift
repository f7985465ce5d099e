package import OAuth

/// When a token is renewed, and how much life a reader is due. Pure arithmetic; durations only.
package struct RefreshPolicy: Sendable, Hashable {
    /// Renew with this much left, or with a third of the lifetime where that is less.
    package var margin: Duration
    /// Least remaining life that a reader gets unless it asks otherwise; never more than a quarter of the lifetime.
    package var minValid: Duration
    /// The lifetime of a token whose issuer does not say.
    package var assumedLifetime: Duration

    package init(
        margin: Duration = .seconds(20 * 60),
        minValid: Duration = .seconds(60),
        assumedLifetime: Duration = .seconds(5 * 60)
    ) {
        self.margin = margin
        self.minValid = minValid
        self.assumedLifetime = assumedLifetime
    }

    /// The moment at which a token is due for renewal.
    ///
    /// `jitter`, 0 to 1, moves the moment earlier by up to a twentieth of the lifetime, so that accounts which were renewed
    /// together do not stay together.
    package func renewal(of token: Token, jitter: Double) -> Instant {
        let margin = min(margin, token.lifetime / 3)
        return token.obtained.advanced(by: token.lifetime - margin - (token.lifetime / 20).scaled(by: jitter))
    }

    /// The least remaining life with which a token answers a reader. What a reader asks for is taken as it is.
    package func minimum(asked: Duration?, of token: Token) -> Duration {
        asked ?? min(minValid, token.lifetime / 4)
    }

    /// Whether the token is so young that another would be no better: obtained less than a tenth of its lifetime ago.
    package func isBestThereIs(_ token: Token, at now: Instant) -> Bool {
        guard let age = now.age(since: token.obtained) else { return false }
        return age < token.lifetime / 10
    }
}
