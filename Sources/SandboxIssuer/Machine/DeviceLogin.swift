/// A login by the device flow (RFC 8628), from the request for a code to the tokens.
package struct DeviceLogin: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// Nobody has decided yet. Exits: approved, denied.
        case pending
        /// Somebody said yes; the next poll brings the tokens. Exit: redeemed.
        case approved
        /// Somebody said no. No exit.
        case denied
        /// The tokens are out. No exit.
        case redeemed
    }

    package let userCode: String
    /// Since 1970.
    package let startedAt: Duration
    package let expiresAt: Duration
    package var state: State = .pending
    /// The least time between two polls; each `slow_down` makes it longer.
    package var interval: Duration
    package var lastPollAt: Duration?
    /// How many polls were answered `authorization_pending`.
    package var pendingPolls = 0

    /// Answers a poll: returns when tokens are due.
    ///
    /// A poll may come by a twentieth of the interval early, since timers and networks are not exact.
    mutating func poll(by approval: Approval, at now: Duration) throws(OAuthError) {
        guard now < expiresAt else { throw OAuthError("expired_token", "the device code has expired") }
        switch state {
        case .redeemed: throw .invalidGrant("the device code has been used")
        case .denied: throw OAuthError("access_denied", "the request was denied")
        case .pending, .approved: break
        }
        let previousPollAt = lastPollAt
        lastPollAt = now
        if let previousPollAt, now - previousPollAt < interval * 19 / 20 {
            interval += .seconds(5)
            throw OAuthError("slow_down", "polled too often; the interval is now \(interval.components.seconds) s")
        }
        let approves =
            switch approval {
            case .byHand: false
            case .afterPolls(let count): pendingPolls >= count
            case .after(let delay): now - startedAt >= delay
            }
        guard state == .approved || approves else {
            pendingPolls += 1
            throw OAuthError("authorization_pending", "nobody has approved yet")
        }
        state = .redeemed
    }
}
