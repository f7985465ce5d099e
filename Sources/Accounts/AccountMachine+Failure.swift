import OAuth

/// What an attempt's failure means for the attempts to come.
extension AccountMachine {
    /// Takes in a failure. A refresh token that came with it replaces the one that was sent, and is made durable first.
    mutating func failed(_ failure: Failure, _ attempt: Attempt, _ turn: inout Turn) {
        if let rotated = failure.rotatedRefreshToken, rotated != refreshToken {
            refreshToken = rotated
            outcomeIsUnknown = false
            save(Harvest(variant: attempt.variant, failure: failure), &turn)
            return
        }
        if failure.class.outcome == .unknown, refreshToken != nil { outcomeIsUnknown = true }
        if failure.class != .grantEnded { clearIntent(of: attempt, &turn) }
        conclude(failure, attempt.variant, &turn)
    }

    /// Draws the conclusions from a failure of which nothing is left to be saved.
    mutating func conclude(_ failure: Failure, _ variant: TokenVariant, _ turn: inout Turn) {
        switch failure.class {
        case .grantEnded where refreshToken != nil:
            grantEnded(failure, &turn)
        case .misconfigured where variant != .standard:
            remember(.misconfigured(failure), of: variant, &turn)
            announce(.failed(failure), &turn)
        case .misconfigured where attemptIsOutdated:
            note(failure, &turn)
            flight = .idle
        case .grantEnded, .misconfigured:
            block(failure, &turn)
        case .variantRefused where variant == .standard:
            block(failure, &turn)
        case .variantRefused:
            remember(.variantRefused(failure), of: variant, &turn)
            announce(.failed(failure), &turn)
        case .denied where variant != .standard:
            remember(.denied(failure), of: variant, &turn)
            announce(.failed(failure), &turn)
        case .feederNeedsLogin(let feeder):
            note(failure, &turn)
            flight = .idle
            hungerFor = feeder
            answerInsistent(.feederNeedsLogin(feeder), &turn) { $0.variant == variant }
        case .denied, .temporary:
            backOff(failure, variant, &turn)
        }
    }

    /// The refresh token is no longer accepted. An account with a source of its own starts again from there; for any other
    /// a person has to log in, and until then the refresh token is kept, unused.
    private mutating func grantEnded(_ failure: Failure, _ turn: inout Turn) {
        note(failure, &turn)
        end(outcomeIsUnknown ? .rotationOutcomeUnknown : .revokedOrExpired, failure.detail, &turn)
    }

    /// Ends the login, durably.
    mutating func end(_ reason: EndedCause.Reason, _ detail: String, _ turn: inout Turn) {
        grant = .ended(EndedCause(reason: reason, detail: detail, at: turn.now))
        flight = .idle
        outcomeIsUnknown = false
        failures = [:]
        beginAnewFromSource()
        commit(&turn)
    }

    /// An account with a source of its own does not end with its refresh token.
    mutating func beginAnewFromSource() {
        guard source != nil, case .ended = grant else { return }
        refreshToken = nil
        client = nil
        outcomeIsUnknown = false
        grant = .usable
    }

    /// Stops all attempts until the configuration or the client's registration changes, or a person asks for one.
    private mutating func block(_ failure: Failure, _ turn: inout Turn) {
        note(failure, &turn)
        flight = .idle
        grant = .blocked(failure)
        failures = [:]
        answerInsistent(.misconfigured(failure), &turn) { $0.want == .attempt }
    }

    /// Remembers that the issuer refuses a narrowed token. The grant is well, and so are the other tokens.
    private mutating func remember(_ refusal: Refusal, of variant: TokenVariant, _ turn: inout Turn) {
        flight = .idle
        refusals[variant] = RefusedVariant(refusal: refusal, until: turn.now.advanced(by: Self.refusalLife))
        answerInsistent(refusal, &turn) { $0.variant == variant }
    }

    /// Leaves the issuer alone for a while. Readers of the variant that failed go to the end of the line.
    mutating func backOff(_ failure: Failure, _ variant: TokenVariant, _ turn: inout Turn) {
        note(failure, &turn)
        let outcome = failure.class.outcome
        let failures = failures[outcome, default: 0] + 1
        self.failures[outcome] = failures
        let delay = Backoff.delay(
            after: outcome,
            failures: failures,
            retryAfter: failure.class.retryAfter,
            jitter: turn.jitter
        )
        let setback = Setback(failure: failure, until: turn.now.advanced(by: delay))
        flight = .backingOff(setback)
        answerInsistent(refusal(for: setback), &turn) { $0.want == .attempt }
        for index in waiters.indices { waiters[index].hasSeenFailure = true }
        waiters = waiters.filter { $0.variant != variant } + waiters.filter { $0.variant == variant }
    }

    private mutating func note(_ failure: Failure, _ turn: inout Turn) {
        lastFailedAttempt = (failure, turn.now)
        announce(.failed(failure), &turn)
    }

    /// Tells others, unless the login is retired: another one of the same account may be in force.
    func announce(_ announcement: Announcement, _ turn: inout Turn) {
        guard !isRetired else { return }
        turn.effects.append(.announce(announcement))
    }
}
