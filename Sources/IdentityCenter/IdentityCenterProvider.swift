package import OAuth

/// AWS IAM Identity Center as people log in to it: a client that is registered on the spot, and tokens for the portal
/// (RegisterClient, StartDeviceAuthorization, CreateToken).
package struct IdentityCenterProvider: Sendable, Hashable {
    /// What the configuration says about an account of this kind.
    package struct Configuration: Sendable, Hashable {
        /// Exactly as configured: tools tell logins apart by it.
        package var startURL: String
        package var scope: Scope
        /// How people log in, unless they say otherwise.
        package var flow: LoginFlow
        package var oidc: Endpoint
        package var portal: Endpoint

        package init(
            startURL: String,
            scope: Scope = Self.standardScope,
            flow: LoginFlow = .device,
            oidc: Endpoint,
            portal: Endpoint
        ) {
            self.startURL = startURL
            self.scope = scope.isEmpty ? Self.standardScope : scope
            self.flow = flow
            self.oidc = oidc
            self.portal = portal
        }

        /// What the portal asks for. Without any scope AWS gives no refresh token.
        package static let standardScope = Scope(["sso:account:access"])
    }

    package let configuration: Configuration

    package init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// Where browsers bring codes, as it is registered. The port is any (RFC 8252 section 7.3).
    private static let redirectURI = "http://127.0.0.1/oauth/callback"
}

extension IdentityCenterProvider: Provider {
    package var name: String { "aws-identity-center" }

    package var issuer: String { configuration.startURL }

    /// Provider, start URL, region, and the endpoints that are not AWS's own.
    package var fingerprint: String {
        Form(fingerprintOf: name, ("start_url", configuration.startURL), configuration.oidc, configuration.portal).text
    }

    package var scope: Scope { configuration.scope }

    package var source: Renewal? { nil }

    package var loginFlows: [LoginFlow] {
        [configuration.flow] + LoginFlow.allCases.filter { $0 != configuration.flow }
    }

    package var revokedToken: RevokedToken { .accessToken }

    /// A client begins logins; what it has begun names it.
    package func ingredients(for purpose: Purpose) -> [Ingredient] {
        guard case .login(let flow) = purpose else { return [] }
        return [.clientRegistration(flow)]
    }

    /// A client that AWS does not know any more is registered anew. That helps the beginning of a login only: whatever has
    /// begun belongs to its own client.
    package func correction(after reply: EndpointReply) -> Correction? {
        ServiceError(reply)?.exception == .invalidClient ? .freshRegistration : nil
    }

    /// Registers a client for one flow: AWS fails on one for both. It is told of grants only where a browser is used.
    package func registrationRequest(
        for flow: LoginFlow,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest {
        var registration = RegisterClient(clientName: "tokend", scope: scope)
        if flow == .browser {
            registration.grantTypes = [.authorizationCode, .refreshToken]
            registration.redirectURIs = [Self.redirectURI]
            registration.issuerURL = configuration.startURL
        }
        return registration.request(to: configuration.oidc)
    }

    package func readRegistration(_ reply: EndpointReply) throws(Failure) -> ClientRegistration {
        try RegisterClient.read(reply, from: configuration.oidc.region)
    }

    package func request(
        _ renewal: Renewal,
        _ variant: TokenVariant,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest {
        guard case .refreshToken(let token, let client) = renewal else {
            throw .unsupported("any other renewal than by a refresh token")
        }
        guard variant.audience.isEmpty, variant.resource.isEmpty, variant.scope.isEmpty || variant.scope == scope else {
            throw Failure(
                .variantRefused,
                code: Failure.Code.unsupported,
                detail: "a login at IAM Identity Center has one token; it cannot be narrowed"
            )
        }
        return CreateToken(.refreshToken(token), client: try known(client)).request(to: configuration.oidc)
    }

    package func read(_ reply: EndpointReply, to renewal: Renewal) throws(Failure) -> TokenSet {
        var secrets: [Secret] = []
        if case .refreshToken(let token, let client) = renewal {
            secrets = [token, client?.clientSecret].compactMap(\.self)
        }
        return try CreateToken.read(
            reply,
            to: .refreshToken,
            from: configuration.oidc.region,
            withholding: secrets
        )
    }

    package func deviceAuthorizationRequest(with ingredients: Ingredients) throws(Failure) -> EndpointRequest {
        let client = try known(ingredients.clientRegistration)
        return StartDeviceAuthorization(client: client, startURL: configuration.startURL)
            .request(to: configuration.oidc)
    }

    package func readDeviceAuthorization(
        _ reply: EndpointReply,
        with ingredients: Ingredients
    ) throws(Failure) -> DeviceAuthorization {
        var authorization = try StartDeviceAuthorization.read(reply, from: configuration.oidc.region)
        authorization.client = ingredients.clientRegistration
        return authorization
    }

    package func devicePoll(
        _ authorization: DeviceAuthorization,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest {
        let client = try known(authorization.client)
        return CreateToken(.deviceCode(authorization.deviceCode), client: client).request(to: configuration.oidc)
    }

    package func readDevicePoll(_ reply: EndpointReply) -> DevicePoll {
        CreateToken.readPoll(reply, from: configuration.oidc.region)
    }

    /// The address that AWS's own tools open. No model describes it; `scopes` has its plural from there.
    package func authorizationURI(
        _ request: AuthorizationRequest,
        with ingredients: Ingredients
    ) throws(Failure) -> String {
        var query = Form()
        query.append("response_type", "code")
        query.append("client_id", try known(ingredients.clientRegistration).clientID)
        query.append("redirect_uri", request.redirectURI)
        query.append("state", request.state)
        query.append("code_challenge_method", "S256")
        query.append("scopes", scope.wire)
        query.append("code_challenge", request.proofKey.challenge)
        // A form's space is a plus; in an address not every parser takes it for one. A plus itself is encoded.
        let parameters = query.text.replacing("+", with: "%20")
        return configuration.oidc.address.origin + configuration.oidc.base + "/authorize?" + parameters
    }

    package func codeExchange(
        _ code: AuthorizationCode,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest {
        CreateToken(.authorizationCode(code), client: try known(code.client)).request(to: configuration.oidc)
    }

    package func readCodeExchange(_ reply: EndpointReply) throws(Failure) -> TokenSet {
        try CreateToken.read(reply, to: .authorizationCode, from: configuration.oidc.region)
    }

    /// Signs out of the portal, which ends the session that the refresh token lives in.
    package func revocation(of token: Secret, with ingredients: Ingredients) throws(Failure) -> EndpointRequest? {
        Portal(configuration.portal).logout(token: token)
    }

    package func readRevocation(_ reply: EndpointReply) throws(Failure) { try Portal.readLogout(reply) }

    /// The client that something was given to. There is none where it was obtained elsewhere and brought here.
    private func known(_ client: ClientRegistration?) throws(Failure) -> ClientRegistration {
        guard let client, client.clientSecret != nil else {
            throw Failure(
                .misconfigured,
                code: Failure.Code.noClientRegistration,
                detail: "the registration of the client that this was given to is not known, and AWS takes it from no "
                    + "other: log in again"
            )
        }
        return client
    }
}

extension Failure.Code {
    /// The client that a refresh token, or a code, was issued to is not known.
    package static let noClientRegistration = "no_client_registration"
}
