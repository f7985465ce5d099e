/// Any OAuth 2.0 or OpenID Connect issuer.
package struct OAuthProvider: Sendable, Hashable {
    /// How a grant comes about, in the configuration's words.
    package enum Flow: String, Sendable, Hashable, CaseIterable {
        /// A person approves on any device with a browser (RFC 8628).
        case device
        /// The client's own credentials are enough (RFC 6749 section 4.4).
        case clientCredentials = "client_credentials"
    }

    /// What the configuration says about an account at such an issuer.
    package struct Configuration: Sendable, Hashable {
        /// The issuer identifier, whose metadata names the endpoints. `nil` where the endpoints are configured.
        package var issuer: String?
        /// An endpoint that is set here wins over the published one.
        package var tokenEndpoint: String?
        package var deviceAuthorizationEndpoint: String?
        package var revocationEndpoint: String?
        package var clientID: String
        /// `nil`: a public client.
        package var clientSecret: SecretSource?
        /// `nil`: as the metadata says.
        package var clientAuthentication: ClientAuthenticationMethod?
        package var flow: Flow
        package var scope: Scope
        /// Sent as `audience`, which no RFC has but many issuers want.
        package var audience: [String]
        /// Sent as `resource` (RFC 8707).
        package var resource: [String]
        /// A file of trust anchors beside the system's.
        package var caFile: String?

        package init(
            issuer: String? = nil,
            tokenEndpoint: String? = nil,
            deviceAuthorizationEndpoint: String? = nil,
            revocationEndpoint: String? = nil,
            clientID: String,
            clientSecret: SecretSource? = nil,
            clientAuthentication: ClientAuthenticationMethod? = nil,
            flow: Flow = .device,
            scope: Scope = .none,
            audience: [String] = [],
            resource: [String] = [],
            caFile: String? = nil
        ) {
            self.issuer = issuer
            self.tokenEndpoint = tokenEndpoint
            self.deviceAuthorizationEndpoint = deviceAuthorizationEndpoint
            self.revocationEndpoint = revocationEndpoint
            self.clientID = clientID
            self.clientSecret = clientSecret
            self.clientAuthentication = clientAuthentication
            self.flow = flow
            self.scope = scope
            self.audience = audience
            self.resource = resource
            self.caFile = caFile
        }
    }

    package let configuration: Configuration

    package init(_ configuration: Configuration) {
        self.configuration = configuration
    }
}

extension OAuthProvider: Provider {
    package var name: String { "oauth" }

    /// The configured issuer, or else where the token endpoint is.
    package var issuer: String {
        if let issuer = configuration.issuer { return issuer }
        let endpoint = configuration.tokenEndpoint ?? ""
        return (try? EndpointAddress(endpoint).origin) ?? endpoint
    }

    /// Provider, issuer, configured endpoints and client id, in the form encoding because it can be read in one way only.
    package var fingerprint: String {
        var form = Form()
        form.append("provider", name)
        let parts = [
            ("issuer", configuration.issuer),
            ("token_endpoint", configuration.tokenEndpoint),
            ("device_authorization_endpoint", configuration.deviceAuthorizationEndpoint),
            ("revocation_endpoint", configuration.revocationEndpoint),
            ("client_id", configuration.clientID),
        ]
        for case (let name, let value?) in parts { form.append(name, value) }
        return String(decoding: form.bytes, as: UTF8.self)
    }

    package var scope: Scope { configuration.scope }

    package var source: Renewal? { configuration.flow == .clientCredentials ? .clientCredentials : nil }

    package var loginFlows: [LoginFlow] { configuration.flow == .device ? [.device] : [] }

    /// Asks for the metadata unless every endpoint without which the account cannot live is configured: whoever writes
    /// those does it because discovery fails. Such an account has revocation only where that endpoint is configured too.
    package func ingredients(for purpose: Purpose) -> [Ingredient] {
        let isComplete =
            configuration.tokenEndpoint != nil
            && (configuration.flow != .device || configuration.deviceAuthorizationEndpoint != nil)
        var ingredients: [Ingredient] = []
        if let issuer = configuration.issuer, !isComplete {
            ingredients.append(.issuerMetadata(issuer: issuer, caFile: configuration.caFile))
        }
        if let source = configuration.clientSecret,
            configuration.clientAuthentication != ClientAuthenticationMethod.none
        {
            ingredients.append(.clientSecret(source))
        }
        return ingredients
    }

    package func request(
        _ renewal: Renewal,
        _ variant: TokenVariant,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest {
        var wanted = withConfiguredTargets(variant)
        let grant: TokenRequest.Grant
        switch renewal {
        case .refreshToken(let token, _):
            grant = .refreshToken(token)
        case .clientCredentials:
            grant = .clientCredentials
            if wanted.scope.isEmpty { wanted.scope = scope }
        case .assertion, .subjectToken:
            throw .unsupported("the renewal by another token")
        }
        return try post(TokenRequest(grant, variant: wanted).form, to: tokenEndpoint(ingredients), ingredients)
    }

    package func read(_ reply: EndpointReply, to renewal: Renewal) throws(Failure) -> TokenSet {
        switch renewal {
        case .refreshToken(let token, _): try TokenSet(reply, to: .refresh(token))
        case .clientCredentials, .assertion, .subjectToken: try TokenSet(reply, to: .clientCredentials)
        }
    }

    /// Names the client in the form even if it authenticates by header: RFC 8628 leaves that open, and common servers
    /// look for it there.
    package func deviceAuthorizationRequest(with ingredients: Ingredients) throws(Failure) -> EndpointRequest {
        let address = try endpoint(
            "device_authorization_endpoint",
            configured: configuration.deviceAuthorizationEndpoint,
            published: ingredients.issuerMetadata?.deviceAuthorizationEndpoint
        )
        var form = Form()
        if case .basic(let clientID, _) = try client(ingredients) { form.append("client_id", clientID) }
        form.append(withConfiguredTargets(TokenVariant(scope: scope)))
        return try post(form, to: address, ingredients)
    }

    package func readDeviceAuthorization(
        _ reply: EndpointReply,
        with ingredients: Ingredients
    ) throws(Failure) -> DeviceAuthorization {
        try DeviceAuthorization(reply)
    }

    package func devicePoll(
        _ authorization: DeviceAuthorization,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest {
        try post(TokenRequest(.deviceCode(authorization.deviceCode)).form, to: tokenEndpoint(ingredients), ingredients)
    }

    package func readDevicePoll(_ reply: EndpointReply) -> DevicePoll { DevicePoll(reply) }

    package func revocation(
        of token: Secret,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest? {
        let published = ingredients.issuerMetadata?.revocationEndpoint
        guard let address = configuration.revocationEndpoint ?? published else { return nil }
        var form = Form()
        form.append("token", token)
        form.append("token_type_hint", "refresh_token")
        return try post(form, to: EndpointAddress(address), ingredients)
    }

    package func readRevocation(_ reply: EndpointReply) throws(Failure) { try reply.check(.revocation) }
}

extension OAuthProvider {
    /// The variant with the configured audience and resource where it has none of its own.
    private func withConfiguredTargets(_ variant: TokenVariant) -> TokenVariant {
        TokenVariant(
            scope: variant.scope,
            audience: variant.audience.isEmpty ? Set(configuration.audience) : variant.audience,
            resource: variant.resource.isEmpty ? Set(configuration.resource) : variant.resource
        )
    }

    private func tokenEndpoint(_ ingredients: Ingredients) throws(Failure) -> EndpointAddress {
        try endpoint(
            "token_endpoint",
            configured: configuration.tokenEndpoint,
            published: ingredients.issuerMetadata?.tokenEndpoint
        )
    }

    private func endpoint(
        _ key: String,
        configured: String?,
        published: String?
    ) throws(Failure) -> EndpointAddress {
        guard let address = configured ?? published else {
            throw Failure(
                .misconfigured,
                code: Failure.Code.noEndpoint,
                detail: "the issuer's metadata names no \(key); if the issuer has one all the same, configure \(key)"
            )
        }
        return try EndpointAddress(address)
    }

    private func client(_ ingredients: Ingredients) throws(Failure) -> ClientAuthentication {
        let method =
            configuration.clientAuthentication
            ?? .chosen(
                hasSecret: configuration.clientSecret != nil,
                offered: ingredients.issuerMetadata?.tokenEndpointAuthMethods ?? []
            )
        return try ClientAuthentication(method, clientID: configuration.clientID, secret: ingredients.clientSecret)
    }

    private func post(
        _ form: Form,
        to address: EndpointAddress,
        _ ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest {
        EndpointRequest(posting: form, to: address, as: try client(ingredients), caFile: configuration.caFile)
    }
}
