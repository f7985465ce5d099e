import OAuth

/// One attempt from its start to its end.
extension AccountMachine {
    /// Starts the one attempt there may be.
    mutating func start(_ variant: TokenVariant, _ turn: inout Turn) {
        lastAttemptAt = turn.now
        isLoggedOut = false
        attemptIsOutdated = false
        if let refreshToken {
            flight = .recording(
                Attempt(generation: generation, variant: variant, renewal: .refreshToken(refreshToken, client: client))
            )
            turn.effects.append(.recordIntent(generation: generation))
        } else if let source {
            let attempt = Attempt(generation: generation, variant: variant, renewal: source)
            flight = .sent(attempt)
            turn.effects.append(.send(attempt))
        }
    }

    mutating func recorded(_ generation: UInt64, _ turn: inout Turn) {
        guard case .recording(let attempt) = flight, attempt.generation == generation else { return }
        guard !isRetired else {
            flight = .idle
            clearIntent(of: attempt, &turn)
            return
        }
        flight = .sent(attempt)
        turn.effects.append(.send(attempt))
    }

    mutating func recordFailed(_ generation: UInt64, _ failure: Failure, _ turn: inout Turn) {
        guard case .recording(let attempt) = flight, attempt.generation == generation else { return }
        backOff(failure, attempt.variant, &turn)
    }

    /// Takes in what an attempt brought. What comes to an account that has moved on is revoked, unless it is the very
    /// refresh token that is in force.
    mutating func answered(
        _ generation: UInt64,
        _ result: Result<TokenSet, Failure>,
        sentAt: Instant,
        _ turn: inout Turn
    ) {
        guard case .sent(let attempt) = flight, attempt.generation == generation else {
            let late = result.refreshToken
            if let late, late != refreshToken, revokedToken == .refreshToken { turn.effects.append(.revoke(late)) }
            return
        }
        switch result {
        case .success(let tokens):
            let token = token(from: tokens, scope: attempt.variant.scope, sentAt: sentAt)
            if token.remaining(at: turn.now) > .zero {
                succeeded(tokens, token, attempt, sentAt: sentAt, &turn)
            } else {
                failed(.arrivedEnded(with: tokens.refreshToken), attempt, &turn)
            }
        case .failure(let failure):
            failed(failure, attempt, &turn)
        }
    }

    private mutating func succeeded(
        _ tokens: TokenSet,
        _ token: Token,
        _ attempt: Attempt,
        sentAt: Instant,
        _ turn: inout Turn
    ) {
        if !waiters.contains(where: { $0.hasSeenFailure && $0.variant != attempt.variant }) { failures = [:] }
        outcomeIsUnknown = false
        lastFailedAttempt = nil
        refusals[attempt.variant] = nil
        if case .blocked = grant { grant = .usable }
        var harvest = Harvest(variant: attempt.variant, token: token)
        let isRotated = tokens.refreshToken != nil && tokens.refreshToken != refreshToken
        guard attempt.variant == .standard || isRotated else {
            clearIntent(of: attempt, &turn)
            bringIn(harvest, &turn)
            return
        }
        refreshToken = tokens.refreshToken ?? refreshToken
        if attempt.variant == .standard {
            harvest.idToken = idToken(from: tokens, sentAt: sentAt, at: turn.now)
            subject = tokens.idToken?.subject ?? subject
            lastRefreshAt = turn.now
        }
        save(harvest, &turn)
    }

    /// Makes it durable that the refresh token is still good, if that is known.
    mutating func clearIntent(of attempt: Attempt, _ turn: inout Turn) {
        guard case .refreshToken = attempt.renewal, !outcomeIsUnknown else { return }
        turn.effects.append(.clearIntent(generation: attempt.generation))
    }

    /// The token as it will be kept, with the lifetime it has or is taken to have.
    func token(from tokens: TokenSet, scope: Scope, sentAt: Instant) -> Token {
        Token(
            secret: tokens.accessToken,
            type: tokens.tokenType,
            scope: tokens.scope ?? (scope.isEmpty ? requestedScope : scope),
            obtained: sentAt,
            lifetime: tokens.lifetime ?? policy.assumedLifetime,
            lifetimeIsAssumed: tokens.lifetime == nil
        )
    }

    /// The id token likewise; one that has ended is as good as none.
    func idToken(from tokens: TokenSet, sentAt: Instant, at now: Instant) -> Token? {
        guard let idToken = tokens.idToken else { return nil }
        let token = Token(
            secret: idToken.token,
            type: "N_A",
            scope: tokens.scope ?? requestedScope,
            obtained: sentAt,
            lifetime: idToken.lifetime
        )
        return token.remaining(at: now) > .zero ? token : nil
    }
}

extension Failure {
    /// A token that had ended when it came.
    fileprivate static func arrivedEnded(with refreshToken: Secret?) -> Failure {
        Failure(
            .temporary(.answered),
            code: Code.invalidLifetime,
            detail: "the token had already ended when it arrived",
            rotatedRefreshToken: refreshToken
        )
    }
}

extension Result<TokenSet, Failure> {
    /// The refresh token that came with an answer, be it usable or not.
    fileprivate var refreshToken: Secret? {
        switch self {
        case .success(let tokens): tokens.refreshToken
        case .failure(let failure): failure.rotatedRefreshToken
        }
    }
}
