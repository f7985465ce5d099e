package import OAuth

/// AWS IAM Identity Center as an application uses it that IAM knows (CreateTokenWithIAM). No person logs in here: another
/// issuer's token, or a code or refresh token from elsewhere, stands for one.
package struct IAMProvider: Sendable, Hashable {
    /// How a grant comes about, in the configuration's words.
    package enum Flow: String, Sendable, Hashable, CaseIterable {
        case jwtBearer = "jwt_bearer"
        case tokenExchange = "token_exchange"
        case authorizationCode = "authorization_code"
        case refreshToken = "refresh_token"
    }

    /// The same, with what each needs.
    package enum Grant: Sendable, Hashable {
        /// A token of an issuer that the application trusts.
        case jwtBearer(assertion: AssertionSource)
        /// A token that IAM Identity Center gave to another application.
        case tokenExchange(
            subjectToken: AssertionSource,
            subjectTokenType: String = TokenTypeURN.accessToken,
            requestedTokenType: String? = nil
        )
        /// A code that was obtained elsewhere.
        case authorizationCode
        /// A refresh token that was obtained elsewhere.
        case refreshToken
    }

    /// What the configuration says about an account of this kind.
    package struct Configuration: Sendable, Hashable {
        /// The ARN of the application.
        package var application: String
        package var grant: Grant
        /// Empty: all that the application has.
        package var scope: Scope
        package var credentials: SigningCredentialsSource
        package var oidc: Endpoint

        package init(
            application: String,
            grant: Grant,
            scope: Scope = .none,
            credentials: SigningCredentialsSource = .chain,
            oidc: Endpoint
        ) {
            self.application = application
            self.grant = grant
            self.scope = scope
            self.credentials = credentials
            self.oidc = oidc
        }
    }

    package let configuration: Configuration

    package init(_ configuration: Configuration) {
        self.configuration = configuration
    }
}

extension IAMProvider: Provider {
    package var name: String { "aws-identity-center-iam" }

    package var issuer: String { configuration.oidc.address.origin + configuration.oidc.base }

    /// Provider, application, region, and the endpoint if it is not AWS's own.
    package var fingerprint: String {
        Form(fingerprintOf: name, ("application", configuration.application), configuration.oidc).text
    }

    package var scope: Scope { configuration.scope }

    package var source: Renewal? {
        switch configuration.grant {
        case .jwtBearer: .assertion
        case .tokenExchange: .subjectToken
        case .authorizationCode, .refreshToken: nil
        }
    }

    package var loginFlows: [LoginFlow] { [] }

    package func ingredients(for purpose: Purpose) -> [Ingredient] {
        let signer = Ingredient.signingCredentials(configuration.credentials)
        return switch (purpose, configuration.grant) {
        case (.renewal(.assertion), .jwtBearer(let source)),
            (.renewal(.subjectToken), .tokenExchange(let source, _, _)):
            [.assertion(source), signer]
        case (.renewal, _), (.loginCompletion, _): [signer]
        case (.registration, _), (.login, _), (.revocation, _): []
        }
    }

    package func correction(after reply: EndpointReply) -> Correction? {
        guard let error = ServiceError(reply) else { return nil }
        switch error.exception {
        case .invalidRequestRegion:
            guard let place = error.endpoint, let region = error.region,
                configuration.oidc.relocated(to: place, region: region) != nil
            else { return nil }
            return .endpoint(place, region: region)
        case .expiredCredentials, .unknownCredentials:
            return .freshCredentials
        case .invalidSignature, .requestExpired:
            return reply.clockOffset.map(Correction.clockOffset)
        default:
            return nil
        }
    }

    /// Asks for the configured scope where a token comes from its source; a refresh token stands for its scope itself.
    package func request(
        _ renewal: Renewal,
        _ variant: TokenVariant,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest {
        guard variant.audience.isEmpty, variant.resource.isEmpty else {
            throw Failure(
                .variantRefused,
                code: Failure.Code.unsupported,
                detail: "IAM Identity Center knows no audience and no resource; a token is narrowed by scope"
            )
        }
        if case .refreshToken(let token, _) = renewal {
            return try sign(.refreshToken(token), variant.scope, ingredients)
        }
        return try sign(ownGrant(renewal, ingredients), variant.scope.isEmpty ? scope : variant.scope, ingredients)
    }

    package func read(_ reply: EndpointReply, to renewal: Renewal) throws(Failure) -> TokenSet {
        let grantType: GrantType
        var secrets: [Secret] = []
        switch renewal {
        case .refreshToken(let token, _):
            grantType = .refreshToken
            secrets = [token]
        case .assertion: grantType = .jwtBearer
        case .subjectToken: grantType = .tokenExchange
        case .clientCredentials: throw .unsupported("the grant client_credentials")
        }
        return try CreateTokenWithIAM.read(
            reply,
            to: grantType,
            from: configuration.oidc.region,
            withholding: secrets
        )
    }

    package func codeExchange(
        _ code: AuthorizationCode,
        with ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest {
        try sign(.authorizationCode(code), scope, ingredients)
    }

    package func readCodeExchange(_ reply: EndpointReply) throws(Failure) -> TokenSet {
        try CreateTokenWithIAM.read(reply, to: .authorizationCode, from: configuration.oidc.region)
    }
}

extension IAMProvider {
    /// What the account's own source gives.
    private func ownGrant(
        _ renewal: Renewal,
        _ ingredients: Ingredients
    ) throws(Failure) -> CreateTokenWithIAM.Grant {
        switch (renewal, configuration.grant) {
        case (.assertion, .jwtBearer):
            return .jwtBearer(assertion: try fetched(ingredients.assertion, "assertion"))
        case (.subjectToken, .tokenExchange(_, let subjectTokenType, let requestedTokenType)):
            return .tokenExchange(
                subjectToken: try fetched(ingredients.assertion, "subject token"),
                subjectTokenType: subjectTokenType,
                requestedTokenType: requestedTokenType
            )
        default:
            throw .unsupported("this renewal, by its `flow`")
        }
    }

    /// Makes a request as it is sent: to where the last answer pointed, and signed at AWS's time as the last answer told.
    private func sign(
        _ grant: CreateTokenWithIAM.Grant,
        _ scope: Scope,
        _ ingredients: Ingredients
    ) throws(Failure) -> EndpointRequest {
        let credentials = try fetched(ingredients.signingCredentials, "credentials that sign requests to AWS")
        var endpoint = configuration.oidc
        var now = ingredients.now
        switch ingredients.correction {
        case .endpoint(let place, let region): endpoint = endpoint.relocated(to: place, region: region) ?? endpoint
        case .clockOffset(let offset): now = now.advanced(by: offset)
        case .freshCredentials, .freshRegistration, nil: break
        }
        let request = CreateTokenWithIAM(grant, application: configuration.application, scope: scope)
            .request(to: endpoint)
        return SigV4(credentials: credentials, region: endpoint.region.name, service: "sso-oauth").sign(
            request,
            at: now
        )
    }

    /// An ingredient that must be there.
    private func fetched<Value>(_ value: Value?, _ name: String) throws(Failure) -> Value {
        guard let value else {
            throw Failure(.temporary(.notSent), code: Failure.Code.noIngredient, detail: "there is no \(name)")
        }
        return value
    }
}

extension Failure.Code {
    /// Something that a request is made of was not there.
    package static let noIngredient = "no_ingredient"
}
