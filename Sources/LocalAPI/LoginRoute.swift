/// The body of `POST /v1/accounts/{name}/login`; an empty body is the account's own flow.
package struct LoginRequest: Sendable, Hashable {
    package var flow: String?
    /// A refresh token that was obtained elsewhere.
    package var refreshToken: String?
    /// Log in anew although a login is held.
    package var force: Bool

    package init(flow: String? = nil, refreshToken: String? = nil, force: Bool = false) {
        self.flow = flow
        self.refreshToken = refreshToken
        self.force = force
    }
}

extension LoginRequest: CustomStringConvertible, CustomReflectable {
    package var description: String { "login request, flow \(flow ?? "of the account")" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension LoginRequest: Codable {
    private enum CodingKeys: String, CodingKey {
        case flow
        case refreshToken = "refresh_token"
        case force
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        flow = try values.decodeIfPresent(String.self, forKey: .flow)
        refreshToken = try values.decodeIfPresent(String.self, forKey: .refreshToken)
        force = try values.decodeIfPresent(Bool.self, forKey: .force) ?? false
    }
}

/// A login on its way, as `POST …/login` and `GET /v1/logins/{id}` show it. The device code never leaves the daemon.
package struct LoginStatus: Sendable, Hashable {
    package enum State: String, Sendable, Hashable, CaseIterable, Codable {
        case pending
        /// Pending, and the issuer asked for a slower pace.
        case slowDown = "slow_down"
        case done
        case denied
        case expired
        case failed
        case cancelled

        /// Whether nothing more will happen.
        package var isFinal: Bool { self != .pending && self != .slowDown }
    }

    package var id: String
    package var account: String
    package var flow: String
    package var state: State
    /// What happened, in words; empty while all is well.
    package var detail: String
    package var verificationURI: String?
    package var verificationURIComplete: String?
    package var userCode: String?
    package var authorizationURI: String?
    package var expiresAt: Timestamp?
    /// Seconds between two polls.
    package var interval: Int?

    package init(
        id: String,
        account: String,
        flow: String,
        state: State,
        detail: String = "",
        verificationURI: String? = nil,
        verificationURIComplete: String? = nil,
        userCode: String? = nil,
        authorizationURI: String? = nil,
        expiresAt: Timestamp? = nil,
        interval: Int? = nil
    ) {
        self.id = id
        self.account = account
        self.flow = flow
        self.state = state
        self.detail = detail
        self.verificationURI = verificationURI
        self.verificationURIComplete = verificationURIComplete
        self.userCode = userCode
        self.authorizationURI = authorizationURI
        self.expiresAt = expiresAt
        self.interval = interval
    }
}

extension LoginStatus: Codable {
    private enum CodingKeys: String, CodingKey {
        case id
        case account
        case flow
        case state
        case detail
        case verificationURI = "verification_uri"
        case verificationURIComplete = "verification_uri_complete"
        case userCode = "user_code"
        case authorizationURI = "authorization_uri"
        case expiresAt = "expires_at"
        case interval
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(id, forKey: .id)
        try values.encode(account, forKey: .account)
        try values.encode(flow, forKey: .flow)
        try values.encode(state, forKey: .state)
        try values.encode(detail, forKey: .detail)
        try values.encode(verificationURI, forKey: .verificationURI)
        try values.encode(verificationURIComplete, forKey: .verificationURIComplete)
        try values.encode(userCode, forKey: .userCode)
        try values.encode(authorizationURI, forKey: .authorizationURI)
        try values.encode(expiresAt, forKey: .expiresAt)
        try values.encode(interval, forKey: .interval)
    }
}
