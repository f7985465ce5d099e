/// Where a client secret comes from. It is fetched anew for each request, so that a rotated one is picked up.
package enum SecretSource: Sendable, Hashable {
    /// Written into the configuration itself.
    case inline(Secret)
    case file(path: String)
    /// Standard output of a command, without its last newline.
    case command([String])
    case environment(name: String)
    /// A file in `$CREDENTIALS_DIRECTORY`, as systemd's `LoadCredential=` makes them.
    case credential(name: String)
}

/// Where a token comes from that somebody else has issued and that is turned into one of ours. It is fetched anew for each
/// request and never stored.
package enum AssertionSource: Sendable, Hashable {
    /// Another account's token, made fresh first.
    case account(name: String, kind: TokenKind)
    case file(path: String)
    /// Standard output of a command, without its last newline.
    case command([String])
}

/// What must be fetched before a provider can make a request.
package enum Ingredient: Sendable, Hashable {
    /// The issuer's published metadata (RFC 8414, OpenID Connect Discovery).
    case issuerMetadata(issuer: String, caFile: String?)
    case clientSecret(SecretSource)
    /// This client's registration for logins by one flow, made when there is none that is good for long enough.
    case clientRegistration(LoginFlow)
    /// What another issuer gave, for an assertion or a token exchange.
    case assertion(AssertionSource)
    /// The credentials that sign requests to AWS.
    case signingCredentials(SigningCredentialsSource)
}

/// What an answer showed to be wrong with the request, in a way that can be set right at once.
package enum Correction: Sendable, Hashable {
    /// The issuer's clock is ahead of ours by this much; negative, when it is behind.
    case clockOffset(Duration)
    /// The issuer says that another endpoint is in charge, of this region.
    case endpoint(String, region: String)
    /// The credentials that signed had ended: they must be fetched anew.
    case freshCredentials
    /// The issuer has forgotten the client: it must be registered anew.
    case freshRegistration
}

/// What has been fetched for one request.
package struct Ingredients: Sendable {
    package var now: Instant
    package var issuerMetadata: IssuerMetadata?
    package var clientSecret: Secret?
    package var clientRegistration: ClientRegistration?
    package var assertion: Secret?
    package var signingCredentials: SigningCredentials?
    /// What the first answer of this attempt taught, when this is the second request.
    package var correction: Correction?

    package init(
        now: Instant,
        issuerMetadata: IssuerMetadata? = nil,
        clientSecret: Secret? = nil,
        clientRegistration: ClientRegistration? = nil,
        assertion: Secret? = nil,
        signingCredentials: SigningCredentials? = nil,
        correction: Correction? = nil
    ) {
        self.now = now
        self.issuerMetadata = issuerMetadata
        self.clientSecret = clientSecret
        self.clientRegistration = clientRegistration
        self.assertion = assertion
        self.signingCredentials = signingCredentials
        self.correction = correction
    }
}
