package import OAuth

/// Everything that decides about one login, as a value: events go in with the time and a random number, effects come out.
///
/// Three questions make its state: what is held (`grant`), what is under way (`flight`), and which tokens readers get
/// (`slots`). Events only change these; `settle` then draws the consequences, always in the same way: tokens that have
/// ended go, what gateways hold ready is brought up to date, readers who can be answered are answered, at most one
/// attempt is started, and readers whom it cannot help in time are told so.
///
/// The invariants, each held by tests: never two requests under way; nothing sent before the intent is durable; no
/// token seen before the refresh token that came with it is durable, or known to be unsaved; every waiter answered
/// exactly once; no wake in the past; no answer to an older generation reaches a reader, and none is just dropped.
package struct AccountMachine: Sendable {
    package let id: GrantID
    package internal(set) var policy: RefreshPolicy
    /// How the account renews without a refresh token.
    var source: Renewal?

    var grant = Grant.none
    var flight = Flight.idle
    /// The tokens that can be handed out, the account's own among them.
    var slots: [TokenVariant: Slot] = [:]
    /// The narrowed tokens that the issuer refused a moment ago.
    var refusals: [TokenVariant: RefusedVariant] = [:]
    var idToken: Slot?
    /// Whether the last renewal brought an id token; where it did not, another would not either.
    var idTokenIsRenewed = true
    /// Whether anybody has asked for the id token: from then on its margin counts.
    var idTokenIsRead = false
    var waiters: [Waiter] = []
    /// What gateways hold ready.
    var published: [TokenKind: ServedToken] = [:]

    var refreshToken: Secret?
    /// The client that the refresh token was issued to, where a login registered one.
    var client: ClientRegistration?
    /// Which token is named when a login is to be ended at the issuer.
    let revokedToken: RevokedToken
    /// Counts what was committed: logins, logouts and renewals.
    package internal(set) var generation: UInt64 = 0
    var requestedScope: Scope
    package internal(set) var subject: String?
    package internal(set) var lastRefreshAt: Instant?
    var lastFailedAttempt: (failure: Failure, at: Instant)?

    /// How many attempts have ended in each way since the last one that went well. A success counts only once nobody waits
    /// any more for another token whose attempts fail: else that one would be asked for without a pause.
    var failures: [Failure.Outcome: Int] = [:]
    var lastAttemptAt: Instant?
    /// An attempt of this generation was sent and its outcome is not known.
    var outcomeIsUnknown = false
    var unsaved: Unsaved?
    /// The account that this one is fed by, while it waits for a person to log in.
    package internal(set) var hungerFor: String?
    /// The configuration has changed since the attempt under way was made.
    var attemptIsOutdated = false
    var loginIsPending = false
    /// A person logged out: an account with a source of its own then waits until it is asked.
    var isLoggedOut = false
    var isRetired = false
    private var announcedState = AccountState.loggedOut

    /// The most narrowed tokens that are kept beside the account's own.
    static let variantLimit = 32
    /// Least time between the last attempt and the next, if a reader brings that one forward.
    static let forwardGap = Duration.seconds(5)
    /// Least time between the last attempt and the next, if that one is forced, or if nobody waits for it: not even a
    /// token with an absurd lifetime makes a tight loop.
    static let attemptGap = Duration.seconds(1)
    /// How many generations a login leaves free below its own, for what a retired machine of the same row still has to
    /// save: the store takes the highest.
    static let retiredRoom: UInt64 = 8
    /// For how long an issuer's refusal of a narrowed token is its answer to everyone who asks.
    static let refusalLife = Duration.seconds(60)

    /// Takes up a login where the store left it.
    ///
    /// - Parameters:
    ///   - id: the account and the fingerprint of its configuration.
    ///   - policy: when to renew.
    ///   - source: how it renews without a refresh token; `nil` when a person must log in first.
    ///   - scope: what the configuration asks for. A stored login that asked for less does not match and stays dormant.
    ///   - revokedToken: which token is named when a login is to be ended at the issuer.
    ///   - stored: what the store has. A pending intent means that nobody knows whether the refresh token was used.
    ///   - now: the time at which it is taken up.
    package init(
        id: GrantID,
        policy: RefreshPolicy,
        source: Renewal?,
        scope: Scope,
        revokedToken: RevokedToken = .refreshToken,
        stored: StoredGrant?,
        at now: Instant
    ) {
        self.id = id
        self.revokedToken = revokedToken
        self.policy = policy
        self.source = source
        self.requestedScope = scope
        if source != nil { grant = .usable }
        if let stored { takeUp(stored, at: now) }
        announcedState = state(at: now)
    }

    private mutating func takeUp(_ stored: StoredGrant, at now: Instant) {
        generation = stored.generation
        guard stored.requestedScope.contains(requestedScope) else { return }
        if source == nil { requestedScope = stored.requestedScope }
        subject = stored.subject
        lastRefreshAt = stored.lastRefreshAt
        refreshToken = stored.refreshToken
        client = stored.client
        outcomeIsUnknown = stored.intentAt != nil
        idTokenIsRenewed = stored.idToken != nil
        if let token = stored.token?.rebased(at: now) {
            slots[.standard] = Slot(token: token, renewAt: policy.renewal(of: token, jitter: 0))
        }
        if let token = stored.idToken?.rebased(at: now) {
            idToken = Slot(token: token, renewAt: policy.renewal(of: token, jitter: 0))
        }
        if let ended = stored.ended {
            grant = .ended(ended)
            beginAnewFromSource()
        } else if refreshToken != nil || slots[.standard] != nil {
            grant = .usable
        }
    }

    /// Takes in one event and says what is to be done.
    ///
    /// `jitter` is a random number from 0 to 1, drawn by the caller for each event.
    package mutating func handle(_ event: Event, at now: Instant, jitter: Double) -> [Effect] {
        var turn = Turn(now: now, jitter: jitter)
        take(event, &turn)
        settle(&turn)
        return turn.effects
    }

    /// One event's time, luck and consequences.
    struct Turn {
        let now: Instant
        let jitter: Double
        var effects: [Effect] = []
    }

    private mutating func take(_ event: Event, _ turn: inout Turn) {
        switch event {
        case .wake:
            break
        case .read(let waiter):
            admit(waiter, &turn)
        case .abandoned(let waiter):
            waiters.removeAll { $0.id == waiter }
        case .recorded(let generation):
            recorded(generation, &turn)
        case .recordFailed(let generation, let failure):
            recordFailed(generation, failure, &turn)
        case .answered(let generation, let result, let sentAt):
            answered(generation, result, sentAt: sentAt, &turn)
        case .saved(let generation):
            saved(generation, &turn)
        case .saveFailed(let generation, let failure):
            saveFailed(generation, failure, &turn)
        case .loginBegan:
            loginIsPending = true
        case .loginEnded:
            loginIsPending = false
        case .loggedIn(let tokens, let scope, let sentAt):
            loggedIn(tokens, scope: scope, sentAt: sentAt, &turn)
        case .loggedInWithoutToken(let failure, let client, let scope):
            loggedInWithoutToken(failure, client: client, scope: scope, &turn)
        case .loggedOut:
            loggedOut(&turn)
        case .fed(let feeder):
            if hungerFor == feeder { hungerFor = nil }
        case .reconfigured(let policy, let source, let scope):
            reconfigured(policy, source: source, scope: scope, &turn)
        case .retired:
            isRetired = true
            answerAll(.gone, &turn)
        }
    }

    /// Draws the consequences of whatever has changed.
    private mutating func settle(_ turn: inout Turn) {
        retrySave(&turn)
        if !isRetired { forgetEndedTokens(&turn) }
        publishChanges(&turn)
        guard !isRetired else { return }
        answerSatisfied(&turn)
        if let variant = demand(at: turn.now) { start(variant, &turn) }
        if let retryAt, turn.now.hasReached(retryAt) { flight = .idle }
        answerHopeless(&turn)
        announceState(&turn)
    }

    private mutating func announceState(_ turn: inout Turn) {
        let state = state(at: turn.now)
        guard state != announcedState else { return }
        announcedState = state
        turn.effects.append(.announce(.state(state)))
    }
}
