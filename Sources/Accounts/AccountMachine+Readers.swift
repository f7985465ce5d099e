import OAuth

/// Who waits, who is answered, and who is told that waiting is of no use.
extension AccountMachine {
    /// Takes a reader in. A narrowed token past the limit takes the place of one that nobody reads, or is refused.
    mutating func admit(_ waiter: Waiter, _ turn: inout Turn) {
        var waiter = waiter
        if waiter.kind == .idToken { waiter.variant = .standard }
        guard !isRetired else {
            turn.effects.append(.reply(waiter.id, .refused(.gone)))
            return
        }
        guard makeRoom(for: waiter.variant) else {
            turn.effects.append(.reply(waiter.id, .refused(.tooManyVariants(limit: Self.variantLimit))))
            return
        }
        switch waiter.kind {
        case .accessToken: slots[waiter.variant]?.wasRead = true
        case .idToken: idTokenIsRead = true
        }
        waiters.append(waiter)
    }

    private mutating func makeRoom(for variant: TokenVariant) -> Bool {
        let known = Set(slots.keys).union(waiters.map(\.variant)).union([.standard])
        if known.contains(variant) || known.count <= Self.variantLimit { return true }
        guard let forgettable else { return false }
        slots[forgettable] = nil
        return true
    }

    /// The narrowed token that comes up for renewal first among those that nobody has read since their last one.
    private var forgettable: TokenVariant? {
        slots.filter { variant, slot in
            variant != .standard && !slot.wasRead && !waiters.contains { $0.variant == variant }
        }
        .min { $1.value.renewAt.isAfter($0.value.renewAt) }?.key
    }

    /// Answers the readers for whom what is held is good enough.
    mutating func answerSatisfied(_ turn: inout Turn) {
        let (machine, now) = (self, turn.now)
        resolve(&turn) { waiter in
            guard waiter.want == .token, let served = machine.token(for: waiter, at: now) else { return nil }
            let isGoodEnough = served.degradation != .short || machine.policy.isBestThereIs(served.token, at: now)
            return isGoodEnough ? .token(served) : nil
        }
    }

    /// Answers the readers of a variant whose attempt went well.
    mutating func answer(_ variant: TokenVariant, _ turn: inout Turn) {
        let (machine, now) = (self, turn.now)
        resolve(&turn) { waiter in
            guard waiter.variant == variant else { return nil }
            if waiter.kind == .idToken, waiter.want != .token, !machine.idTokenIsRenewed {
                return .refused(.noIDToken)
            }
            return machine.token(for: waiter, at: now).map(Answer.token)
        }
    }

    /// Answers the readers whom no attempt can help before their patience ends: with what still lives, or with why not.
    mutating func answerHopeless(_ turn: inout Turn) {
        let (machine, now) = (self, turn.now)
        resolve(&turn) { waiter in
            guard let refusal = machine.hopelessness(of: waiter, at: now) else { return nil }
            guard waiter.want == .token, let served = machine.token(for: waiter, at: now) else {
                return .refused(refusal)
            }
            return .token(served)
        }
    }

    /// Tells some of those who insist on an attempt how theirs ended.
    mutating func answerInsistent(_ refusal: Refusal, _ turn: inout Turn, where isMeant: (Waiter) -> Bool) {
        resolve(&turn) { $0.insists && isMeant($0) ? .refused(refusal) : nil }
    }

    /// Tells everyone the same.
    mutating func answerAll(_ refusal: Refusal, _ turn: inout Turn) {
        resolve(&turn) { _ in .refused(refusal) }
    }

    private mutating func resolve(_ turn: inout Turn, _ answer: (Waiter) -> Answer?) {
        var parked: [Waiter] = []
        for waiter in waiters {
            if let answer = answer(waiter) {
                turn.effects.append(.reply(waiter.id, answer))
            } else {
                parked.append(waiter)
            }
        }
        waiters = parked
    }

    /// What a reader asks for, if it is held and lives; short, if it lives less long than asked.
    private func token(for waiter: Waiter, at now: Instant) -> ServedToken? {
        guard let slot = waiter.kind == .idToken ? idToken : slots[waiter.variant] else { return nil }
        let remaining = slot.token.remaining(at: now)
        guard remaining > .zero else { return nil }
        return served(slot, isShort: remaining < policy.minimum(asked: waiter.minValid, of: slot.token))
    }

    /// Why waiting is of no use to a reader; `nil` while it is.
    private func hopelessness(of waiter: Waiter, at now: Instant) -> Refusal? {
        switch grant {
        case .none: return .loginRequired(nil)
        case .ended(let cause): return .loginRequired(cause)
        case .blocked(let failure) where !flight.isUnderWay && waiter.want != .attempt: return .misconfigured(failure)
        case .blocked, .usable: break
        }
        let isOutOfTime = now.hasReached(waiter.deadline)
        if flight.isUnderWay { return isOutOfTime ? .timedOut : nil }
        guard isRefreshable else { return .loginRequired(nil) }
        if let hungerFor, waiter.want != .attempt { return .feederNeedsLogin(hungerFor) }
        if !waiter.insists, let refusal = standingRefusal(of: waiter, at: now) { return refusal }
        if let unsaved, refreshToken != nil, let retryAt = unsaved.retryAt,
            waiter.want == .attempt || retryAt.isAfter(waiter.deadline)
        {
            return .unavailable(unsaved.failure, retryAt: retryAt)
        }
        if case .backingOff(let setback) = flight, let next = opening(for: waiter, at: now),
            next.isAfter(waiter.deadline)
        {
            return refusal(for: setback)
        }
        return isOutOfTime ? .timedOut : nil
    }

    /// What the issuer would only say again: no id token, or not this narrowed token.
    func standingRefusal(of waiter: Waiter, at now: Instant) -> Refusal? {
        if waiter.kind == .idToken, !idTokenIsRenewed, token(at: now) != nil { return .noIDToken }
        guard let refused = refusals[waiter.variant], !now.hasReached(refused.until) else { return nil }
        return refused.refusal
    }

    /// What a reader is told whom the next try would come too late.
    func refusal(for setback: Setback) -> Refusal {
        if setback.failure.class == .denied { return .denied(setback.failure) }
        return setback.failure.isUnusableAnswer
            ? .unusableAnswer(setback.failure, retryAt: setback.until)
            : .unavailable(setback.failure, retryAt: setback.until)
    }
}

extension Refusal {
    /// An id token that the issuer does not renew.
    fileprivate static let noIDToken = Refusal.unusableAnswer(
        Failure(
            .temporary(.answered),
            code: Failure.Code.noIDToken,
            detail: "the issuer's last answer brought no id token that lives; the scope openid asks for one"
        ),
        retryAt: nil
    )
}
