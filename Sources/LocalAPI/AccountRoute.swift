/// The state of an account as `GET /v1/accounts` shows it. Holds no secret; every member is always on the wire.
package struct AccountStatus: Sendable, Hashable {
    /// A word; a client that is older than the daemon may meet one that has no name here.
    package struct State: RawRepresentable, Sendable, Hashable, CaseIterable, Codable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        package static let loggedOut = Self(rawValue: "logged_out")
        package static let fresh = Self(rawValue: "fresh")
        package static let refreshing = Self(rawValue: "refreshing")
        /// Will try again at `retryAt`.
        package static let waiting = Self(rawValue: "waiting")
        /// No more tries until the configuration or the client's registration changes.
        package static let misconfigured = Self(rawValue: "misconfigured")
        package static let loginRequired = Self(rawValue: "login_required")
        package static let loginPending = Self(rawValue: "login_pending")
        package static let locked = Self(rawValue: "locked")

        package static let allCases = [
            loggedOut, fresh, refreshing, waiting, misconfigured, loginRequired, loginPending, locked,
        ]
    }

    /// The last attempt that failed.
    package struct LastError: Sendable, Hashable, Codable {
        /// The issuer's own word, or ours for what never got an answer.
        package var code: String
        package var detail: String
        package var at: Timestamp

        package init(code: String, detail: String, at: Timestamp) {
            self.code = code
            self.detail = detail
            self.at = at
        }
    }

    package var name: String
    package var provider: String
    package var issuer: String
    package var state: State
    package var expiresAt: Timestamp?
    package var refreshesAt: Timestamp?
    package var lastRefreshAt: Timestamp?
    package var lastError: LastError?
    package var retryAt: Timestamp?
    package var scopes: [String]
    package var subject: String?
    /// The user name that goes with the token where a protocol wants one, as configured.
    package var user: String?
    package var refreshable: Bool

    package init(
        name: String,
        provider: String,
        issuer: String,
        state: State,
        expiresAt: Timestamp? = nil,
        refreshesAt: Timestamp? = nil,
        lastRefreshAt: Timestamp? = nil,
        lastError: LastError? = nil,
        retryAt: Timestamp? = nil,
        scopes: [String] = [],
        subject: String? = nil,
        user: String? = nil,
        refreshable: Bool = false
    ) {
        self.name = name
        self.provider = provider
        self.issuer = issuer
        self.state = state
        self.expiresAt = expiresAt
        self.refreshesAt = refreshesAt
        self.lastRefreshAt = lastRefreshAt
        self.lastError = lastError
        self.retryAt = retryAt
        self.scopes = scopes
        self.subject = subject
        self.user = user
        self.refreshable = refreshable
    }
}

extension AccountStatus: Codable {
    private enum CodingKeys: String, CodingKey {
        case name
        case provider
        case issuer
        case state
        case expiresAt = "expires_at"
        case refreshesAt = "refreshes_at"
        case lastRefreshAt = "last_refresh_at"
        case lastError = "last_error"
        case retryAt = "retry_at"
        case scopes
        case subject
        case user
        case refreshable
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(provider, forKey: .provider)
        try values.encode(issuer, forKey: .issuer)
        try values.encode(state, forKey: .state)
        try values.encode(expiresAt, forKey: .expiresAt)
        try values.encode(refreshesAt, forKey: .refreshesAt)
        try values.encode(lastRefreshAt, forKey: .lastRefreshAt)
        try values.encode(lastError, forKey: .lastError)
        try values.encode(retryAt, forKey: .retryAt)
        try values.encode(scopes, forKey: .scopes)
        try values.encode(subject, forKey: .subject)
        try values.encode(user, forKey: .user)
        try values.encode(refreshable, forKey: .refreshable)
    }
}

/// The body of `GET /v1/accounts`.
package struct AccountList: Sendable, Hashable, Codable {
    package var accounts: [AccountStatus]

    package init(accounts: [AccountStatus]) { self.accounts = accounts }
}

/// The body of `DELETE /v1/accounts/{name}/tokens`.
package struct LogoutAnswer: Sendable, Hashable, Codable {
    /// Whether the issuer confirmed the revocation. Locally the login is gone in any case.
    package var revoked: Bool
    /// A sentence for people.
    package var detail: String
    /// Whether the issuer could not be reached and the revocation will be tried again.
    package var retrying: Bool

    package init(revoked: Bool, detail: String, retrying: Bool = false) {
        self.revoked = revoked
        self.detail = detail
        self.retrying = retrying
    }
}
