package import OAuth

/// What the machine wants done. Effects are carried out in the order given.
package enum Effect: Sendable, Hashable {
    /// Make it durable that this generation's refresh token is about to be used; then `recorded` or `recordFailed`.
    case recordIntent(generation: UInt64)
    /// The outcome of the intent is known, and it changed nothing.
    case clearIntent(generation: UInt64)
    /// Renew a token; then `answered`.
    case send(Attempt)
    /// Make this durable; then `saved` or `saveFailed`.
    case save(StoredGrant)
    /// Forget the login durably; this refresh token of it, if there is one, is to be revoked at the issuer.
    case bury(revoking: Secret?)
    /// Revoke a refresh token that the store does not have.
    case revoke(Secret)
    /// Hand this token to whoever asks from now on.
    case publish(TokenKind, ServedToken)
    case withdraw(TokenKind)
    case reply(Waiter.ID, Answer)
    case announce(Announcement)
}

/// One request to the token endpoint, stamped with the generation it was made from.
package struct Attempt: Sendable, Hashable {
    package var generation: UInt64
    package var variant: TokenVariant
    package var renewal: Renewal

    package init(generation: UInt64, variant: TokenVariant, renewal: Renewal) {
        self.generation = generation
        self.variant = variant
        self.renewal = renewal
    }
}

/// What others may want to know.
package enum Announcement: Sendable, Hashable {
    case state(AccountState)
    case renewed(Token)
    case failed(Failure)
    /// The end of a login, told once for each: its tokens are in force. `saved` tells whether the disk has them; a login
    /// that was overtaken by another, or by a logout, before it was durable has nothing saved either.
    case loggedIn(saved: Bool)
}
