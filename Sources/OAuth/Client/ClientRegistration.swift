/// A client as an issuer registered it on our request (RFC 7591 section 3.2.1, AWS RegisterClient). Every refresh token is
/// bound to the client that it was issued to, so this is kept beside it.
package struct ClientRegistration: Sendable, Hashable {
    package var clientID: String
    package var clientSecret: Secret?
    /// When the issuer forgets the client, as time since 1970. `nil`: never.
    package var expiresAt: Duration?

    package init(clientID: String, clientSecret: Secret? = nil, expiresAt: Duration? = nil) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.expiresAt = expiresAt
    }

    /// How long before its end a registration is no longer used to begin anything: a login takes its time, and what it
    /// brings is to be renewed afterwards.
    package static let margin = Duration.seconds(86_400)

    /// Whether the issuer will still know the client for long enough to begin a login with it.
    package func isUsable(at now: Instant) -> Bool {
        guard let expiresAt else { return true }
        return now.wall + Self.margin < expiresAt
    }
}
