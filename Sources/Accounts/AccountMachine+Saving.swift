import OAuth

/// Durable first, visible afterwards. There is no way back to an older refresh token: what cannot be written stays in
/// memory, marked as such, until it can.
extension AccountMachine {
    /// Makes what was brought durable before anyone sees it.
    mutating func save(_ harvest: Harvest, _ turn: inout Turn) {
        flight = .saving(harvest)
        commit(&turn)
    }

    /// Writes the login as it now is, as the next generation.
    mutating func commit(_ turn: inout Turn) {
        generation += 1
        unsaved?.retryAt = nil
        turn.effects.append(.save(record))
    }

    mutating func saved(_ generation: UInt64, _ turn: inout Turn) {
        guard generation == self.generation else { return }
        unsaved = nil
        if case .saving(let harvest) = flight { land(harvest, &turn) }
    }

    mutating func saveFailed(_ generation: UInt64, _ failure: Failure, _ turn: inout Turn) {
        guard generation == self.generation else { return }
        let failures = (unsaved?.failures ?? 0) + 1
        let delay = Backoff.delay(after: .notSent, failures: failures, retryAfter: nil, jitter: turn.jitter)
        unsaved = Unsaved(
            failure: failure,
            at: turn.now,
            failures: failures,
            retryAt: turn.now.advanced(by: delay)
        )
        if failures == 1 { announce(.failed(failure), &turn) }
        if case .saving(let harvest) = flight { land(harvest, &turn) }
    }

    mutating func retrySave(_ turn: inout Turn) {
        guard let retryAt = unsaved?.retryAt, turn.now.hasReached(retryAt) else { return }
        unsaved?.retryAt = nil
        turn.effects.append(.save(record))
    }

    /// Ends a flight once its harvest is durable, or known not to be.
    private mutating func land(_ harvest: Harvest, _ turn: inout Turn) {
        if harvest.isLogin {
            loginIsPending = false
            turn.effects.append(.announce(.loggedIn(saved: unsaved == nil)))
        }
        if let failure = harvest.failure {
            conclude(failure, harvest.variant, &turn)
        } else {
            bringIn(harvest, &turn)
        }
    }

    /// Puts the tokens where readers find them, and answers those who waited for them.
    mutating func bringIn(_ harvest: Harvest, _ turn: inout Turn) {
        flight = .idle
        guard let token = harvest.token else { return }
        slots[harvest.variant] = Slot(token: token, renewAt: policy.renewal(of: token, jitter: turn.jitter))
        if harvest.variant == .standard {
            idTokenIsRenewed = harvest.idToken != nil
            if let token = harvest.idToken {
                idToken = Slot(token: token, renewAt: policy.renewal(of: token, jitter: turn.jitter))
            } else if harvest.isLogin {
                idToken = nil
            }
            publishChanges(&turn)
            announce(.renewed(token), &turn)
        }
        answer(harvest.variant, &turn)
    }

    /// What the store is to hold: what was brought last, whether or not anyone has seen it yet.
    private var record: StoredGrant {
        var record = StoredGrant(
            id: id,
            generation: generation,
            requestedScope: requestedScope,
            refreshToken: refreshToken,
            client: client,
            token: slots[.standard]?.token,
            idToken: idToken?.token,
            subject: subject,
            lastRefreshAt: lastRefreshAt,
            ended: endedCause
        )
        if case .saving(let harvest) = flight, harvest.variant == .standard, let token = harvest.token {
            record.token = token
            record.idToken = harvest.idToken ?? (harvest.isLogin ? nil : record.idToken)
        }
        return record
    }
}
