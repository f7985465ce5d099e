/// What `GET /v1/accounts/{name}/token` may ask for.
package struct TokenQuery: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
        case accessToken = "access_token"
        case idToken = "id_token"
    }

    package var kind: Kind
    /// Least remaining lifetime in seconds; `nil`: the daemon's own choice.
    package var minValid: Int?
    /// Longest wait in seconds, 0 to 300.
    package var wait: Int
    /// Refresh first, whatever is held.
    package var force: Bool
    /// Scope tokens, audiences and resources of a narrowed token; all empty for the account's own.
    package var scope: [String]
    package var audience: [String]
    package var resource: [String]

    package init(
        kind: Kind = .accessToken,
        minValid: Int? = nil,
        wait: Int = Route.defaultWait,
        force: Bool = false,
        scope: [String] = [],
        audience: [String] = [],
        resource: [String] = []
    ) {
        self.kind = kind
        self.minValid = minValid
        self.wait = wait
        self.force = force
        self.scope = scope
        self.audience = audience
        self.resource = resource
    }

    /// Whether the answer is the account's own token, which is kept ready, and not a narrowed or a forced one.
    package var isPlain: Bool { !force && scope.isEmpty && audience.isEmpty && resource.isEmpty }
}

/// A token as the API gives it. The token is plain text here: it is on its way out to the reader.
///
/// It is deliberately not printable: `description` shows the account and the expiry.
package struct TokenAnswer: Sendable, Hashable {
    package var account: String
    /// The token's bytes as text; `nil` in the answer of `POST …/refresh`, which never shows it.
    package var accessToken: String?
    package var tokenType: String
    package var expiresAt: Timestamp
    /// Seconds left at the moment of the answer.
    package var expiresIn: Int
    package var scope: [String]
    package var issuer: String
    package var obtainedAt: Timestamp
    package var refreshesAt: Timestamp?
    package var expiryAssumed: Bool
    package var degraded: Bool
    package var degradedBecause: DegradedReason?

    /// Why a token is less than was asked for; a word, as `AccountStatus.State` is.
    package struct DegradedReason: RawRepresentable, Sendable, Hashable, Codable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// Less time left than asked, and nothing better to be had in time.
        package static let short = Self(rawValue: "short")
        /// The store could not be written: the token is held in memory only.
        package static let unsaved = Self(rawValue: "unsaved")
    }

    package init(
        account: String,
        accessToken: String?,
        tokenType: String,
        expiresAt: Timestamp,
        expiresIn: Int,
        scope: [String],
        issuer: String,
        obtainedAt: Timestamp,
        refreshesAt: Timestamp?,
        expiryAssumed: Bool,
        degradedBecause: DegradedReason?
    ) {
        self.account = account
        self.accessToken = accessToken
        self.tokenType = tokenType
        self.expiresAt = expiresAt
        self.expiresIn = expiresIn
        self.scope = scope
        self.issuer = issuer
        self.obtainedAt = obtainedAt
        self.refreshesAt = refreshesAt
        self.expiryAssumed = expiryAssumed
        self.degraded = degradedBecause != nil
        self.degradedBecause = degradedBecause
    }
}

extension TokenAnswer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "token of \(account) until \(expiresAt.text)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension TokenAnswer: Codable {
    private enum CodingKeys: String, CodingKey {
        case account
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresAt = "expires_at"
        case expiresIn = "expires_in"
        case scope
        case issuer
        case obtainedAt = "obtained_at"
        case refreshesAt = "refreshes_at"
        case expiryAssumed = "expiry_assumed"
        case degraded
        case degradedBecause = "degraded_because"
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(account, forKey: .account)
        try values.encodeIfPresent(accessToken, forKey: .accessToken)
        try values.encode(tokenType, forKey: .tokenType)
        try values.encode(expiresAt, forKey: .expiresAt)
        try values.encode(expiresIn, forKey: .expiresIn)
        try values.encode(scope, forKey: .scope)
        try values.encode(issuer, forKey: .issuer)
        try values.encode(obtainedAt, forKey: .obtainedAt)
        try values.encode(refreshesAt, forKey: .refreshesAt)
        try values.encode(expiryAssumed, forKey: .expiryAssumed)
        try values.encode(degraded, forKey: .degraded)
        try values.encode(degradedBecause, forKey: .degradedBecause)
    }
}
