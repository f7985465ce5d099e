import OAuth

/// What a person, or the configuration, does to a login.
extension AccountMachine {
    /// A login has brought tokens: what is under way belongs to the one before. The token of that one is served until
    /// this one's is durable.
    mutating func loggedIn(_ tokens: TokenSet, scope: Scope, sentAt: Instant, _ turn: inout Turn) {
        begin(tokens.refreshToken, of: tokens.client, scope: scope, &turn)
        subject = tokens.idToken?.subject
        lastRefreshAt = turn.now
        let harvest = Harvest(
            token: token(from: tokens, scope: .none, sentAt: sentAt),
            idToken: idToken(from: tokens, sentAt: sentAt, at: turn.now),
            isLogin: true
        )
        save(harvest, &turn)
    }

    /// A login has brought a refresh token only. It is kept, and soon used.
    mutating func loggedInWithoutToken(
        _ failure: Failure,
        client: ClientRegistration?,
        scope: Scope,
        _ turn: inout Turn
    ) {
        begin(failure.rotatedRefreshToken, of: client, scope: scope, &turn)
        save(Harvest(failure: failure, isLogin: true), &turn)
    }

    private mutating func begin(
        _ refreshToken: Secret?,
        of client: ClientRegistration?,
        scope: Scope,
        _ turn: inout Turn
    ) {
        overtakeLogin(&turn)
        forgetAttempts()
        grant = .usable
        self.refreshToken = refreshToken
        self.client = client
        requestedScope = scope
        subject = nil
        isLoggedOut = false
        slots = slots.filter { $0.key == .standard }
        generation += Self.retiredRoom
    }

    /// Forgets everything. The refresh token is named, because the disk may not have it yet.
    mutating func loggedOut(_ turn: inout Turn) {
        overtakeLogin(&turn)
        turn.effects.append(.bury(revoking: revocable(at: turn.now)))
        forgetAttempts()
        flight = .idle
        grant = source == nil ? .none : .usable
        generation += 1
        refreshToken = nil
        client = nil
        subject = nil
        lastRefreshAt = nil
        unsaved = nil
        isLoggedOut = true
        slots = [:]
        idToken = nil
        idTokenIsRenewed = true
        idTokenIsRead = false
    }

    /// Takes new settings for the same login, also for one that was retired and comes back before its end. What the old
    /// ones made impossible may be possible now. What a login asked for stays what it asked for; a source is asked for
    /// what the settings say.
    mutating func reconfigured(_ policy: RefreshPolicy, source: Renewal?, scope: Scope, _ turn: inout Turn) {
        isRetired = false
        self.policy = policy
        self.source = source
        if source != nil { requestedScope = scope }
        isLoggedOut = false
        hungerFor = nil
        attemptIsOutdated = flight.isUnderWay
        refusals = [:]
        if case .blocked = grant { grant = .usable }
        if source != nil, grant == .none { grant = .usable }
        beginAnewFromSource()
        if case .backingOff(let setback) = flight, !setback.isIssuersWish { flight = .idle }
        for (variant, slot) in slots { slots[variant]?.renewAt = policy.renewal(of: slot.token, jitter: turn.jitter) }
        if let slot = idToken { idToken?.renewAt = policy.renewal(of: slot.token, jitter: turn.jitter) }
    }

    /// The token that ends the login at the issuer: the newest, seen or not. One that has ended itself ends nothing.
    private func revocable(at now: Instant) -> Secret? {
        guard revokedToken == .accessToken else { return refreshToken }
        if case .saving(let harvest) = flight, harvest.variant == .standard, let token = harvest.token {
            return token.secret
        }
        return token(at: now)?.token.secret
    }

    private mutating func forgetAttempts() {
        lastFailedAttempt = nil
        failures = [:]
        refusals = [:]
        outcomeIsUnknown = false
    }

    /// A login that is not durable yet gives way, and whoever waits for its end is told.
    private func overtakeLogin(_ turn: inout Turn) {
        guard case .saving(let harvest) = flight, harvest.isLogin else { return }
        turn.effects.append(.announce(.loggedIn(saved: false)))
    }
}
