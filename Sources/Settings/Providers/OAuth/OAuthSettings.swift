package import OAuth

/// An account at an OAuth 2.0 or OpenID Connect issuer.
package struct OAuthSettings: Sendable, Hashable {
    /// What the provider is made with. Either the issuer is named or the token endpoint is; every address is one that
    /// `EndpointAddress` takes, and is as written, since issuers are compared letter by letter. The path of `caFile` is
    /// absolute, those of `clientSecret` too.
    package var configuration: OAuthProvider.Configuration
    /// Where a login in the browser begins; `nil` leaves it to the issuer's metadata.
    package var authorizationEndpoint: String?
    /// More parameters of the authorization request; none that tokend sets itself.
    package var extra: [String: String]

    package init(
        configuration: OAuthProvider.Configuration,
        authorizationEndpoint: String? = nil,
        extra: [String: String] = [:]
    ) {
        self.configuration = configuration
        self.authorizationEndpoint = authorizationEndpoint
        self.extra = extra
    }
}
