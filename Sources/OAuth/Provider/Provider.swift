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
    /// The flows by which a person can log in, the default first; none where the account gets its tokens by itself, or
    /// from a code or refresh token that was obtained elsewhere.
    var loginFlows: [LoginFlow] { get }
    /// Which token ends the login at the issuer when it is revoked.
    var revokedToken: RevokedToken { get }

    /// Names what must be fetched before a request of this kind can be made.
    func ingredients(for purpose: Purpose) -> [Ingredient]

    /// What the answer to a request shows to be wrong with it, if that can be set right and the request sent again at
    /// once; asked once an attempt, and only about answers by which the issuer has done nothing.
    func correction(after reply: EndpointReply) -> Correction?

    /// Makes the request that registers this client for logins by a flow (RFC 7591 section 3.1).
    func registrationRequest(for flow: LoginFlow, with ingredients: Ingredients) throws(Failure) -> EndpointRequest
    /// Reads the reply to it.
    func readRegistration(_ reply: EndpointReply) throws(Failure) -> ClientRegistration

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
    /// Reads the reply to it. The client that began the login is in what it returns.
    func readDeviceAuthorization(_ reply: EndpointReply, with ingredients: Ingredients) throws(Failure)
        -> DeviceAuthorization
    /// Makes the request that asks whether the person has approved (RFC 8628 section 3.4).
    func devicePoll(_ authorization: DeviceAuthorization, with ingredients: Ingredients) throws(Failure)
        -> EndpointRequest
    /// Reads the reply to it.
    func readDevicePoll(_ reply: EndpointReply) -> DevicePoll

    /// Makes the address that a person opens in a browser to log in (RFC 6749 section 4.1.1).
    func authorizationURI(_ request: AuthorizationRequest, with ingredients: Ingredients) throws(Failure) -> String
    /// Makes the request that exchanges a code for tokens (RFC 6749 section 4.1.3).
    func codeExchange(_ code: AuthorizationCode, with ingredients: Ingredients) throws(Failure) -> EndpointRequest
    /// Reads the reply to it.
    func readCodeExchange(_ reply: EndpointReply) throws(Failure) -> TokenSet

    /// Makes the request that revokes a token of the kind `revokedToken`; `nil` when the issuer offers no revocation
    /// (RFC 7009).
    func revocation(of token: Secret, with ingredients: Ingredients) throws(Failure) -> EndpointRequest?
    /// Reads the reply to it; returns when the token is revoked.
    func readRevocation(_ reply: EndpointReply) throws(Failure)
}

/// What a request to an issuer is for.
package enum Purpose: Sendable, Hashable {
    case registration(LoginFlow)
    case renewal(Renewal)
    /// The beginning of a login.
    case login(LoginFlow)
    /// Everything that a login needs once it has begun: its client is known by then.
    case loginCompletion(LoginFlow)
    case revocation
}

/// A token whose revocation ends a login.
package enum RevokedToken: Sendable, Hashable {
    /// As in RFC 7009.
    case refreshToken
    /// As at the portal of AWS IAM Identity Center, which ends the session that an access token belongs to.
    case accessToken
}

// What most providers do not need.

extension Provider {
    package var revokedToken: RevokedToken { .refreshToken }

    package func correction(after reply: EndpointReply) -> Correction? { nil }

    package func registrationRequest(
        for flow: LoginFlow,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest { throw .unsupported("the registration of clients") }

    package func readRegistration(_ reply: EndpointReply) throws(Failure) -> ClientRegistration {
        throw .unsupported("the registration of clients")
    }

    package func deviceAuthorizationRequest(with ingredients: Ingredients) throws(Failure) -> EndpointRequest {
        throw .unsupported("the device login")
    }

    package func readDeviceAuthorization(
        _ reply: EndpointReply,
        with ingredients: Ingredients
    ) throws(Failure) -> DeviceAuthorization { throw .unsupported("the device login") }

    package func devicePoll(
        _ authorization: DeviceAuthorization,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest { throw .unsupported("the device login") }

    package func readDevicePoll(_ reply: EndpointReply) -> DevicePoll { .failed(.unsupported("the device login")) }

    package func authorizationURI(
        _ request: AuthorizationRequest,
        with ingredients: Ingredients
    ) throws(Failure) -> String { throw .unsupported("the login in a browser") }

    package func codeExchange(
        _ code: AuthorizationCode,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest { throw .unsupported("the exchange of a code") }

    package func readCodeExchange(_ reply: EndpointReply) throws(Failure) -> TokenSet {
        throw .unsupported("the exchange of a code")
    }

    package func revocation(of token: Secret, with ingredients: Ingredients) throws(Failure) -> EndpointRequest? { nil }

    package func readRevocation(_ reply: EndpointReply) throws(Failure) {}
}

extension Failure {
    /// What a provider is asked for that it does not have.
    package static func unsupported(_ what: String) -> Failure {
        Failure(.misconfigured, code: Code.unsupported, detail: "this provider does not know \(what)")
    }
}
