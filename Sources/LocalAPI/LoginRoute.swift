/// The body of `POST /v1/accounts/{name}/login`; an empty body is the account's own flow.
///
/// A refresh token or an authorization code that was obtained elsewhere takes the place of a flow.
package struct LoginRequest: Sendable, Hashable {
    package var flow: String?
    /// A refresh token that was obtained elsewhere.
    package var refreshToken: String?
    /// An authorization code that was obtained elsewhere (RFC 6749 section 4.1.2).
    package var code: String?
    /// The redirect URI with which the code was asked for, where there was one.
    package var redirectURI: String?
    /// The proof key's verifier with which the code was asked for, where there was one (RFC 7636).
    package var codeVerifier: String?
    /// Log in anew although a login is held; at AWS the portal is logged out of first.
    package var force: Bool

    package init(
        flow: String? = nil,
        refreshToken: String? = nil,
        code: String? = nil,
        redirectURI: String? = nil,
        codeVerifier: String? = nil,
        force: Bool = false
    ) {
        self.flow = flow
        self.refreshToken = refreshToken
        self.code = code
        self.redirectURI = redirectURI
        self.codeVerifier = codeVerifier
        self.force = force
    }

    /// Why it cannot be meant, in words; `nil` when it can. Says nothing of the secrets.
    package var objection: String? {
        if [flow, refreshToken, code].count(where: { $0 != nil }) > 1 {
            "flow, refresh_token and code exclude each other"
        } else if code == nil, redirectURI != nil || codeVerifier != nil {
            "redirect_uri and code_verifier belong to a code"
        } else if [refreshToken, code, codeVerifier].contains("") {
            "refresh_token, code and code_verifier must not be empty"
        } else {
            nil
        }
    }
}

extension LoginRequest: CustomStringConvertible, CustomReflectable {
    package var description: String {
        if code != nil { return "login request with a code" }
        if refreshToken != nil { return "login request with a refresh token" }
        return "login request, flow \(flow ?? "of the account")"
    }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension LoginRequest: Codable {
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case flow
        case refreshToken = "refresh_token"
        case code
        case redirectURI = "redirect_uri"
        case codeVerifier = "code_verifier"
        case force
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        flow = try values.decodeIfPresent(String.self, forKey: .flow)
        refreshToken = try values.decodeIfPresent(String.self, forKey: .refreshToken)
        code = try values.decodeIfPresent(String.self, forKey: .code)
        redirectURI = try values.decodeIfPresent(String.self, forKey: .redirectURI)
        codeVerifier = try values.decodeIfPresent(String.self, forKey: .codeVerifier)
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
    /// Where the person goes in the browser flow, in a browser on this machine: it hands the code back to the daemon.
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
