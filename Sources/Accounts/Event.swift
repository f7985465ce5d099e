package import OAuth

/// What can happen to an account. Whoever carries out an effect reports its end exactly once.
package enum Event: Sendable {
    /// Time has passed: the moment named by `earliestWake` has come, or any other. A machine that was just made gets one
    /// at once.
    case wake
    /// A reader asks.
    case read(Waiter)
    /// A reader has gone. Nothing else changes: the refresh it asked for goes on.
    case abandoned(Waiter.ID)

    /// The intent to use this generation's refresh token is durable.
    case recorded(generation: UInt64)
    /// It is not, so nothing may be sent.
    case recordFailed(generation: UInt64, Failure)
    /// An attempt has ended; `sentAt` is when its request went out.
    case answered(generation: UInt64, Result<TokenSet, Failure>, sentAt: Instant)
    /// The record of this generation is durable.
    case saved(generation: UInt64)
    /// It is not; what it holds is in memory only.
    case saveFailed(generation: UInt64, Failure)

    /// A person has begun to log in, or has stopped.
    case loginBegan
    case loginEnded
    /// A login brought tokens for this scope.
    case loggedIn(TokenSet, scope: Scope, sentAt: Instant)
    /// A login brought a refresh token for this scope, and beside it nothing that can be used: the failure holds both.
    case loggedInWithoutToken(Failure, client: ClientRegistration? = nil, scope: Scope)
    case loggedOut

    /// An account that feeds this one has a fresh token.
    case fed(by: String)

    /// The configuration was read anew and the login still matches.
    case reconfigured(RefreshPolicy, source: Renewal?, scope: Scope)
    /// The configuration no longer has this login: it is served to nobody, and what is under way is brought to its end.
    case retired
}
