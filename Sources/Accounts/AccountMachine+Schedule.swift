package import OAuth

/// When something must happen by itself, and which token comes first.
extension AccountMachine {
    /// An attempt that may be made, and from when.
    private struct Opening {
        var variant: TokenVariant
        var from: Instant
        var rank: Rank
    }

    /// Whose turn it is when several want the one flight. The account's own token comes before the narrowed ones, so that
    /// a narrowed token which fails again and again cannot keep it from being renewed.
    private enum Rank: Int {
        case forced
        case own
        case asked
        case ahead
    }

    /// The variant that an attempt is made for now, if one may be made.
    func demand(at now: Instant) -> TokenVariant? {
        openings(at: now).filter { now.hasReached($0.from) }.min { $0.rank.rawValue < $1.rank.rawValue }?.variant
    }

    /// The earliest moment at which `wake` must be handed in; `nil`: never by itself.
    package func earliestWake(at now: Instant) -> Instant? {
        var moments = waiters.map(\.deadline)
        if let retryAt = unsaved?.retryAt { moments.append(retryAt) }
        if !isRetired {
            if let retryAt { moments.append(retryAt) }
            moments += slots.values.map(\.token.expiry)
            if let idToken { moments.append(idToken.token.expiry) }
            moments += openings(at: now).map(\.from)
        }
        return moments.min { $1.isAfter($0) }
    }

    /// From when an attempt may start for the sake of a reader; `nil`: there is none to wait for.
    func opening(for waiter: Waiter, at now: Instant) -> Instant? {
        if case .blocked = grant, waiter.want != .attempt { return nil }
        guard waiter.insists || standingRefusal(of: waiter, at: now) == nil else { return nil }
        guard case .backingOff(let setback) = flight else { return waiter.insists ? gapEnd(at: now) : now }
        if setback.isIssuersWish { return setback.until }
        if waiter.insists { return earlier(setback.until, gapEnd(at: now)) }
        guard setback.mayBeBroughtForward, let lastAttemptAt else { return setback.until }
        return earlier(setback.until, lastAttemptAt.advanced(by: Self.forwardGap))
    }

    private func openings(at now: Instant) -> [Opening] {
        guard isRefreshable, !flight.isUnderWay, refreshToken == nil || unsaved == nil else { return [] }
        // What an account cannot be fed with, no attempt brings; but a person may want to see that.
        let waiters = hungerFor == nil ? waiters : waiters.filter { $0.want == .attempt }
        let asked = waiters.compactMap { waiter in
            opening(for: waiter, at: now).map { from in
                let rank: Rank = waiter.insists ? .forced : waiter.variant == .standard ? .own : .asked
                return Opening(variant: waiter.variant, from: from, rank: rank)
            }
        }
        return grant == .usable && hungerFor == nil ? asked + renewals(at: now) : asked
    }

    /// The renewals ahead of time: the account's own token always, narrowed ones only while they are read.
    private func renewals(at now: Instant) -> [Opening] {
        let floor = retryAt ?? gapEnd(at: now)
        var renewals: [Opening] = []
        if let due = ownRenewal(at: now) {
            renewals.append(Opening(variant: .standard, from: later(due, floor), rank: .own))
        }
        for (variant, slot) in slots where variant != .standard && slot.wasRead {
            let due = later(slot.renewAt, refusals[variant]?.until ?? floor)
            renewals.append(Opening(variant: variant, from: later(due, floor), rank: .ahead))
        }
        return renewals
    }

    /// When the account's own token is due, or the id token that comes with it. A token that has ended is due at once,
    /// as is the first one of an account that needs nobody to log in, unless a person logged out. An unknown outcome is
    /// cleared up at once, whatever is held: an issuer that did rotate accepts the old refresh token for a short time only.
    private func ownRenewal(at now: Instant) -> Instant? {
        if outcomeIsUnknown { return now }
        guard let slot = slots[.standard] else { return refreshToken != nil || !isLoggedOut ? now : nil }
        guard let idToken, idTokenIsRead, idTokenIsRenewed else { return slot.renewAt }
        return earlier(slot.renewAt, idToken.renewAt)
    }

    /// The moment from which the last attempt is long enough ago.
    private func gapEnd(at now: Instant) -> Instant {
        lastAttemptAt.map { later(now, $0.advanced(by: Self.attemptGap)) } ?? now
    }

    private func earlier(_ one: Instant, _ other: Instant) -> Instant { one.isAfter(other) ? other : one }

    private func later(_ one: Instant, _ other: Instant) -> Instant { one.isAfter(other) ? one : other }
}

extension Instant {
    /// Whether this moment comes after another.
    func isAfter(_ other: Instant) -> Bool { other.remaining(until: self) > .zero }
}
