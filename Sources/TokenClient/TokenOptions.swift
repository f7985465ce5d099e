package import LocalAPI

/// Which token is wanted. Without any option: the account's own access token, with as much time left as tokend keeps.
public struct TokenOptions: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case accessToken
        /// OpenID Connect's statement of who logged in.
        case idToken
    }

    public var kind: Kind
    /// The least time that the token must live on; `nil` leaves it to the daemon. In whole seconds, rounded up.
    public var minimumValidity: Duration?
    /// How long to wait for a token if there is none; zero never waits. In whole seconds, five minutes at most.
    public var wait: Duration
    /// Refreshes first, whatever is held.
    public var forcesRefresh: Bool
    /// For a token with a part of the account's scopes.
    public var scopes: [String]
    /// For a token meant for these services (`audience` as many issuers know it).
    public var audiences: [String]
    /// For a token meant for these services (`resource`, RFC 8707).
    public var resources: [String]

    public init(
        kind: Kind = .accessToken,
        minimumValidity: Duration? = nil,
        wait: Duration = .seconds(30),
        forcesRefresh: Bool = false,
        scopes: [String] = [],
        audiences: [String] = [],
        resources: [String] = []
    ) {
        self.kind = kind
        self.minimumValidity = minimumValidity
        self.wait = wait
        self.forcesRefresh = forcesRefresh
        self.scopes = scopes
        self.audiences = audiences
        self.resources = resources
    }

    /// As the socket API has it.
    package var query: TokenQuery {
        TokenQuery(
            kind: kind == .accessToken ? .accessToken : .idToken,
            minValid: minimumValidity?.wholeSeconds,
            wait: wait.wholeSeconds,
            force: forcesRefresh,
            scope: scopes,
            audience: audiences,
            resource: resources
        )
    }
}

extension Duration {
    /// Whole seconds, rounded up.
    var wholeSeconds: Int {
        let (seconds, attoseconds) = components
        return Int(clamping: attoseconds > 0 ? seconds + 1 : seconds)
    }
}
