/// A client that has registered itself with SSO-OIDC.
package struct Registration: Sendable, Hashable {
    package let clientID: String
    package let name: String
    package let scopes: [String]
    package let grantTypes: Set<GrantType>
    package let redirectURIs: [String]
    /// Since 1970.
    package let expiresAt: Duration
}

extension IssuerMachine {
    /// Finds the registered client that a request comes from, and makes sure that it is the one.
    func registeredClient(_ members: Members, at now: Duration) throws(OAuthError) -> Registration {
        let (id, secret) = (try members.required("clientId"), try members.required("clientSecret"))
        guard let registration = registrations.first(where: { $0.clientID == id }), secret == clientSecret(id) else {
            throw OAuthError("invalid_client", "Invalid client", status: 401)
        }
        guard now < registration.expiresAt else {
            throw OAuthError("invalid_client", "The client's registration has expired", status: 401)
        }
        return registration
    }

    /// The secret that a registered client was given.
    func clientSecret(_ clientID: String) -> String { mint.secret("client secret \(clientID)") }
}

/// An address that authorization codes are sent to, as it was registered.
struct RedirectURI: Sendable, Hashable {
    private static let origins = ["http://127.0.0.1", "http://[::1]", "http://localhost"]

    private let text: String
    private let origin: String

    /// Takes an address of the loopback interface; `nil` for any other.
    init?(_ text: String) {
        guard let origin = Self.origins.first(where: { text.hasPrefix($0) }), !text.contains("#"),
            [nil, "/", ":"].contains(text.dropFirst(origin.count).first)
        else { return nil }
        (self.text, self.origin) = (text, origin)
    }

    /// Whether a client that has registered this may ask for `presented`: the same, but where no port was registered,
    /// any will do (RFC 8252 section 7.3).
    func covers(_ presented: String) -> Bool {
        guard presented != text else { return true }
        let path = text.dropFirst(origin.count)
        guard !path.hasPrefix(":"), presented.hasPrefix(origin + ":") else { return false }
        let rest = presented.dropFirst(origin.count + 1)
        let port = rest.prefix { $0.isASCII && $0.isNumber }
        return UInt16(port) != nil && rest.dropFirst(port.count) == path
    }
}
