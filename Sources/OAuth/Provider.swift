package import HTTPTypes

/// How an account comes to a fresh token.
package enum Renewal: Sendable, Hashable {
    /// By the refresh token of a login (RFC 6749 section 6).
    case refreshToken(Secret)
    /// By the client's own credentials; no person is needed (RFC 6749 section 4.4).
    case clientCredentials
}

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

/// What must be fetched before a provider can make a request.
package enum Ingredient: Sendable, Hashable {
    /// The issuer's published metadata (RFC 8414, OpenID Connect Discovery).
    case issuerMetadata(issuer: String, caFile: String?)
    case clientSecret(SecretSource)
}

/// What has been fetched for one request.
package struct Ingredients: Sendable {
    package var now: Instant
    package var issuerMetadata: IssuerMetadata?
    package var clientSecret: Secret?

    package init(now: Instant, issuerMetadata: IssuerMetadata? = nil, clientSecret: Secret? = nil) {
        self.now = now
        self.issuerMetadata = issuerMetadata
        self.clientSecret = clientSecret
    }
}

/// An HTTP request as a value.
package struct EndpointRequest: Sendable {
    package var head: HTTPRequest
    /// Often holds secrets.
    package var body: [UInt8]
    /// A file of trust anchors beside the system's.
    package var caFile: String?

    package init(head: HTTPRequest, body: [UInt8] = [], caFile: String? = nil) {
        self.head = head
        self.body = body
        self.caFile = caFile
    }
}

/// An HTTP reply as a value, with the moment at which its request was sent: lifetimes count from then.
package struct EndpointReply: Sendable {
    package var head: HTTPResponse
    package var body: [UInt8]
    package var sentAt: Instant

    package init(head: HTTPResponse, body: [UInt8], sentAt: Instant) {
        self.head = head
        self.body = body
        self.sentAt = sentAt
    }
}

// A request and a reply hold secrets in plain bytes, so neither shows its header fields or its body.

extension EndpointRequest: CustomStringConvertible, CustomReflectable {
    package var description: String {
        "\(head.method) \(head.scheme ?? "")://\(head.authority ?? "")\(head.path ?? "") (\(body.count) bytes)"
    }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension EndpointReply: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(head.status) (\(body.count) bytes)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// One kind of issuer: makes its requests and reads its replies, as pure functions. It does no I/O, reads no clock and
/// keeps nothing; who runs it fetches the ingredients and carries the values.
package protocol Provider: Sendable {
    /// The provider's name in the configuration and in `GET /v1/accounts`.
    var name: String { get }
    /// The issuer as people know it: a URL.
    var issuer: String { get }
    /// What a login belongs to. When it changes, the login no longer matches. Holds no secret.
    var fingerprint: String { get }
    /// What a login asks for.
    var scope: Scope { get }
    /// How the account renews without a refresh token; `nil` when a person must log in first.
    var source: Renewal? { get }

    /// Names what must be fetched before any request of the account can be made.
    func ingredients() -> [Ingredient]

    /// Makes the request that renews a token.
    func request(
        _ renewal: Renewal,
        _ variant: TokenVariant,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest
    /// Reads the reply to it.
    func read(_ reply: EndpointReply, to renewal: Renewal) throws(Failure) -> TokenSet

    /// Makes the request that begins a device login (RFC 8628 section 3.1).
    func deviceAuthorizationRequest(with ingredients: Ingredients) throws(Failure) -> EndpointRequest
    /// Reads the reply to it.
    func readDeviceAuthorization(_ reply: EndpointReply) throws(Failure) -> DeviceAuthorization
    /// Makes the request that asks whether the person has approved (RFC 8628 section 3.4).
    func devicePoll(_ authorization: DeviceAuthorization, with ingredients: Ingredients) throws(Failure)
        -> EndpointRequest
    /// Reads the reply to it.
    func readDevicePoll(_ reply: EndpointReply) -> DevicePoll

    /// Makes the request that revokes a refresh token; `nil` when the issuer offers no revocation (RFC 7009).
    func revocation(of refreshToken: Secret, with ingredients: Ingredients) throws(Failure) -> EndpointRequest?
    /// Reads the reply to it; returns when the token is revoked.
    func readRevocation(_ reply: EndpointReply) throws(Failure)
}
