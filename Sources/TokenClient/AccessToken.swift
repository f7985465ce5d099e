package import LocalAPI

/// A token, ready to be used, with what tokend knows of it.
///
/// It does not show itself: `description` and `dump` tell the account and the expiry.
public struct AccessToken: Sendable, Hashable {
    /// The token itself, for the `Authorization` field or wherever the service wants it.
    public let value: String
    /// `Bearer`, mostly; what the issuer called it.
    public let type: String
    public let account: String
    /// Seconds since 1970-01-01T00:00:00Z.
    public let expiresAt: Int64
    /// How long it was good for when the daemon answered.
    public let expiresIn: Duration
    public let scopes: [String]
    public let issuer: String
    /// The issuer did not say how long the token lives; tokend assumed it.
    public let isExpiryAssumed: Bool
    /// Less than was asked for, and the best there is: it ends sooner than asked, or it could not be written to the
    /// disk.
    public let isDegraded: Bool

    /// The value of an HTTP `Authorization` field (RFC 6750 section 2.1). Issuers write the type in any case.
    public var authorization: String { (type.lowercased() == "bearer" ? "Bearer" : type) + " " + value }

    /// Throws `malformedReply` for an answer that holds no token.
    package init(_ answer: TokenAnswer) throws(TokenClientError) {
        guard let value = answer.accessToken, !value.isEmpty else { throw .malformed("no token") }
        self.value = value
        type = answer.tokenType
        account = answer.account
        expiresAt = answer.expiresAt.seconds
        expiresIn = .seconds(answer.expiresIn)
        scopes = answer.scope
        issuer = answer.issuer
        isExpiryAssumed = answer.expiryAssumed
        isDegraded = answer.degraded
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "token of \(account) until \(Timestamp(seconds: expiresAt).text)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
