package import OAuth

/// Which login: an account's name, and the fingerprint of what the login was made with. After a change of issuer or client
/// the name is the same and the login another.
package struct GrantID: Sendable, Hashable {
    package var account: String
    package var fingerprint: String

    package init(account: String, fingerprint: String) {
        self.account = account
        self.fingerprint = fingerprint
    }
}

/// A token that may be handed out, with the moment its life began. The life is counted from the sending of the request.
package struct Token: Sendable, Hashable {
    package var secret: Secret
    /// `Bearer`, or what the issuer called it.
    package var type: String
    package var scope: Scope
    package var obtained: Instant
    package var lifetime: Duration
    /// The issuer did not say how long it lives.
    package var lifetimeIsAssumed: Bool

    package init(
        secret: Secret,
        type: String,
        scope: Scope,
        obtained: Instant,
        lifetime: Duration,
        lifetimeIsAssumed: Bool = false
    ) {
        self.secret = secret
        self.type = type
        self.scope = scope
        self.obtained = obtained
        self.lifetime = lifetime
        self.lifetimeIsAssumed = lifetimeIsAssumed
    }

    /// How long it still lives; zero when it is over, or when a reboot with a clock set back leaves its age unknown.
    package func remaining(at now: Instant) -> Duration {
        guard let age = now.age(since: obtained) else { return .zero }
        return max(.zero, lifetime - max(.zero, age))
    }

    /// The same token with its beginning told on this boot's clock; `nil` when nobody can tell how old it is.
    package func rebased(at now: Instant) -> Token? {
        guard let age = now.age(since: obtained) else { return nil }
        var token = self
        token.obtained = now.advanced(by: .zero - age)
        return token
    }

    /// The moment at which it ends.
    package var expiry: Instant { obtained.advanced(by: lifetime) }
}

/// Everything the store holds of one login, as one value: written as a whole, read as a whole.
package struct StoredGrant: Sendable, Hashable {
    package var id: GrantID
    /// Counts what was committed: logins, logouts and renewals. A request is stamped with the one it was made from.
    package var generation: UInt64
    /// The scope that the login asked for. A configuration that asks for more needs another login.
    package var requestedScope: Scope
    /// `nil` for accounts that renew from their own source.
    package var refreshToken: Secret?
    /// The client that the refresh token was issued to, where a login registered one.
    package var client: ClientRegistration?
    package var token: Token?
    package var idToken: Token?
    package var subject: String?
    package var lastRefreshAt: Instant?
    /// A request that was about to be sent with this generation and whose outcome has not been recorded.
    package var intentAt: Instant?
    /// Why the refresh token is no longer usable. It is kept, unusable, until the next login.
    package var ended: EndedCause?

    package init(
        id: GrantID,
        generation: UInt64,
        requestedScope: Scope,
        refreshToken: Secret? = nil,
        client: ClientRegistration? = nil,
        token: Token? = nil,
        idToken: Token? = nil,
        subject: String? = nil,
        lastRefreshAt: Instant? = nil,
        intentAt: Instant? = nil,
        ended: EndedCause? = nil
    ) {
        self.id = id
        self.generation = generation
        self.requestedScope = requestedScope
        self.refreshToken = refreshToken
        self.client = client
        self.token = token
        self.idToken = idToken
        self.subject = subject
        self.lastRefreshAt = lastRefreshAt
        self.intentAt = intentAt
        self.ended = ended
    }
}

/// Why a login is over.
package struct EndedCause: Sendable, Hashable {
    package enum Reason: String, Sendable, Hashable {
        /// The issuer said `invalid_grant` to a refresh whose predecessors all had a known outcome.
        case revokedOrExpired = "revoked_or_expired"
        /// The issuer said it after a request whose outcome never became known: the rotation may have been lost on the way.
        case rotationOutcomeUnknown = "rotation_outcome_unknown"
        /// The token ended and there is no refresh token.
        case notRefreshable = "not_refreshable"
    }

    package var reason: Reason
    /// The issuer's `error_description`, or a sentence of ours.
    package var detail: String
    package var at: Instant

    package init(reason: Reason, detail: String, at: Instant) {
        self.reason = reason
        self.detail = detail
        self.at = at
    }
}
