package import OAuth

/// What others may know of an account.
extension AccountMachine {
    /// The one word that people see; the first that applies.
    package func state(at now: Instant) -> AccountState {
        if case .blocked = grant { return .misconfigured }
        if flight.isUnderWay { return .refreshing }
        if loginIsPending { return .loginPending }
        if case .ended = grant { return .loginRequired }
        if case .backingOff = flight { return .waiting }
        if hungerFor != nil { return .loginRequired }
        if token(at: now) != nil { return .fresh }
        return unsaved != nil && isRefreshable ? .waiting : .loggedOut
    }

    /// The account's own token, if it still lives.
    package func token(at now: Instant) -> ServedToken? {
        guard let slot = slots[.standard], slot.token.remaining(at: now) > .zero else { return nil }
        return served(slot)
    }

    /// Whether the tokens can be renewed without a person.
    package var isRefreshable: Bool {
        switch grant {
        case .none, .ended: false
        case .usable, .blocked: refreshToken != nil || source != nil
        }
    }

    /// When an attempt comes again after a failure of the last, or after the store failed to keep what it brought.
    package var nextTryAt: Instant? { retryAt ?? (isRefreshable ? unsaved?.retryAt : nil) }

    /// Until when the issuer is left alone.
    var retryAt: Instant? {
        guard case .backingOff(let setback) = flight else { return nil }
        return setback.until
    }

    /// The last thing that went wrong and is not made good yet.
    package var lastFailure: (failure: Failure, at: Instant)? {
        unsaved.map { ($0.failure, $0.at) } ?? lastFailedAttempt
    }

    /// Whether a configuration that asks for this scope needs no other machine: the login asked for all of it. Where there
    /// is no login the store may have one that fits another scope better.
    package func matches(_ scope: Scope) -> Bool {
        grant == .none ? requestedScope == scope : requestedScope.contains(scope)
    }

    /// Whether there is a login, in force or over, or a source that takes its place.
    package var isLoggedIn: Bool { grant != .none }

    /// Why the login is over, where it is.
    package var endedCause: EndedCause? {
        guard case .ended(let cause) = grant else { return nil }
        return cause
    }

    /// Whether a stopping daemon does well to wait: a request is under way, or the only copy of something in memory.
    package var isBusy: Bool { flight.isUnderWay || unsaved != nil }

    /// Whether a retired login has come to its end and may be forgotten.
    package var isFinished: Bool { isRetired && !isBusy }

    /// A token in the dress in which readers get it.
    func served(_ slot: Slot, isShort: Bool = false) -> ServedToken {
        ServedToken(
            token: slot.token,
            refreshesAt: grant == .usable && isRefreshable ? slot.renewAt : nil,
            degradation: isShort ? .short : unsaved.map { _ in .unsaved },
            minValid: policy.minimum(asked: nil, of: slot.token)
        )
    }
}
