/// What a token endpoint gave, as values (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).
package struct TokenSet: Sendable, Hashable {
    package var accessToken: Secret
    /// As the issuer wrote it, but `Bearer` in that one spelling whatever the issuer's.
    package var tokenType: String
    /// How long the access token lives, counted from the moment the request was sent. `nil`: the issuer does not say.
    package var lifetime: Duration?
    /// Whether the issuer gave an absolute time where a number of seconds belongs; worth one warning.
    package var lifetimeWasAbsolute: Bool
    /// `nil`: the one already held stays in force (RFC 6749 section 6).
    package var refreshToken: Secret?
    package var idToken: IDToken?
    /// `nil`: what was asked for (RFC 6749 section 5.1).
    package var scope: Scope?
    /// The client that the refresh token was issued to, where a login registered one. `nil`: the one it had before.
    package var client: ClientRegistration?

    package init(
        accessToken: Secret,
        tokenType: String = "Bearer",
        lifetime: Duration?,
        lifetimeWasAbsolute: Bool = false,
        refreshToken: Secret? = nil,
        idToken: IDToken? = nil,
        scope: Scope? = nil,
        client: ClientRegistration? = nil
    ) {
        self.accessToken = accessToken
        self.tokenType = tokenType
        self.lifetime = lifetime
        self.lifetimeWasAbsolute = lifetimeWasAbsolute
        self.refreshToken = refreshToken
        self.idToken = idToken
        self.scope = scope
        self.client = client
    }
}

/// An OpenID Connect id token with the two claims that matter to who keeps it. Its signature is the reader's affair.
package struct IDToken: Sendable, Hashable {
    package var token: Secret
    /// Time left until its `exp` claim, counted from the moment the request was sent.
    package var lifetime: Duration
    /// Its `sub` claim.
    package var subject: String?

    package init(token: Secret, lifetime: Duration, subject: String? = nil) {
        self.token = token
        self.lifetime = lifetime
        self.subject = subject
    }
}

/// Which of the tokens that one grant can give: the default one, or one narrowed to a scope, an audience (as many issuers
/// call it) or a resource (RFC 8707). All three are compared as sets.
package struct TokenVariant: Sendable, Hashable {
    package var scope: Scope
    package var audience: Set<String>
    package var resource: Set<String>

    package init(scope: Scope = .none, audience: Set<String> = [], resource: Set<String> = []) {
        self.scope = scope
        self.audience = audience
        self.resource = resource
    }

    /// The token of the account as it is configured.
    package static let standard = TokenVariant()
}

/// The two tokens of an account that can be asked for.
package enum TokenKind: Sendable, Hashable, CaseIterable {
    case accessToken
    case idToken
}
