package import OAuth

/// Runs a provider's requests: fetches their ingredients, carries them, and lets the provider read the replies. All of it
/// away from whoever asks, who may be the actor that everything waits for.
package struct IssuerClient: Sendable {
    private let exchange: Exchange
    private let metadata: MetadataCache
    private let secrets: ClientSecrets
    private let registrations: ClientRegistrations
    private let assertions: Assertions
    private let signers: SigningCredentialsChain
    private let now: @Sendable () -> Instant

    /// Takes the way to issuers, the process's variables, among which secrets and credentials may be, the clock, and who
    /// gives the tokens and the roles of other accounts.
    package init(
        exchange: Exchange,
        environment: [String: String],
        now: @escaping @Sendable () -> Instant,
        feeder: @escaping Assertions.Feeder,
        roles: @escaping SigningCredentialsChain.Roles
    ) {
        self.exchange = exchange
        self.now = now
        metadata = MetadataCache(exchange: exchange, now: now)
        secrets = ClientSecrets(environment: environment)
        registrations = ClientRegistrations(now: now)
        assertions = Assertions(secrets: secrets, feeder: feeder)
        signers = SigningCredentialsChain(exchange: exchange, environment: environment, now: now, roles: roles)
    }

    /// What came of a request, with the moment at which it went out.
    package struct Reading<Value: Sendable>: Sendable {
        package var result: Result<Value, Failure>
        package var sentAt: Instant
    }

    /// Renews a token.
    @concurrent
    package func renew(_ provider: any Provider, _ renewal: Renewal, _ variant: TokenVariant) async -> Reading<TokenSet>
    {
        await run(provider, .renewal(renewal)) { ingredients throws(Failure) in
            try provider.request(renewal, variant, with: ingredients)
        } read: { reply, _ throws(Failure) in
            try provider.read(reply, to: renewal)
        }
    }

    /// Begins a device login.
    @concurrent
    package func authorizeDevice(_ provider: any Provider) async -> Reading<DeviceAuthorization> {
        await run(provider, .login(.device)) { ingredients throws(Failure) in
            try provider.deviceAuthorizationRequest(with: ingredients)
        } read: { reply, ingredients throws(Failure) in
            try provider.readDeviceAuthorization(reply, with: ingredients)
        }
    }

    /// Asks whether the person has approved. What the tokens are bound to is the client that began the login.
    @concurrent
    package func poll(_ provider: any Provider, _ authorization: DeviceAuthorization) async -> Reading<DevicePoll> {
        await run(provider, .loginCompletion(.device)) { ingredients throws(Failure) in
            try provider.devicePoll(authorization, with: ingredients)
        } read: { reply, _ throws(Failure) in
            guard case .tokens(var tokens) = provider.readDevicePoll(reply) else {
                return provider.readDevicePoll(reply)
            }
            tokens.client = authorization.client
            return .tokens(tokens)
        }
    }

    /// Exchanges a code for tokens.
    @concurrent
    package func exchange(_ provider: any Provider, _ code: AuthorizationCode) async -> Reading<TokenSet> {
        await run(provider, .loginCompletion(.browser)) { ingredients throws(Failure) in
            try provider.codeExchange(code, with: ingredients)
        } read: { reply, _ throws(Failure) in
            var tokens = try provider.readCodeExchange(reply)
            tokens.client = code.client
            return tokens
        }
    }

    /// Makes the address at which a login in a browser begins, and names the client that begins it.
    @concurrent
    package func authorizationURI(
        _ provider: any Provider,
        _ request: AuthorizationRequest
    ) async -> Result<(address: String, client: ClientRegistration?), Failure> {
        do throws(Failure) {
            let ingredients = try await ingredients(of: provider, for: .login(.browser))
            return .success((try provider.authorizationURI(request, with: ingredients), ingredients.clientRegistration))
        } catch {
            return .failure(error)
        }
    }

    /// Revokes a token; `false` when the issuer offers no revocation.
    @concurrent
    package func revoke(_ provider: any Provider, _ token: Secret) async -> Result<Bool, Failure> {
        do throws(Failure) {
            let ingredients = try await ingredients(of: provider, for: .revocation)
            guard let request = try provider.revocation(of: token, with: ingredients) else { return .success(false) }
            try provider.readRevocation(await exchange.post(request))
            return .success(true)
        } catch {
            return .failure(error)
        }
    }

    /// Carries one request. Where the answer shows what was wrong with it, and that nothing was done, it is set right and
    /// sent once more.
    private func run<Value>(
        _ provider: any Provider,
        _ purpose: Purpose,
        make: (Ingredients) throws(Failure) -> EndpointRequest,
        read: (EndpointReply, Ingredients) throws(Failure) -> Value
    ) async -> Reading<Value> {
        var sentAt = now()
        do throws(Failure) {
            var ingredients = try await ingredients(of: provider, for: purpose)
            var reply = try await exchange.post(try make(ingredients))
            sentAt = reply.sentAt
            if let correction = provider.correction(after: reply), purpose.allows(correction) {
                ingredients = try await self.ingredients(of: provider, for: purpose, after: correction)
                reply = try await exchange.post(try make(ingredients))
                sentAt = reply.sentAt
            }
            return Reading(result: .success(try read(reply, ingredients)), sentAt: sentAt)
        } catch {
            return Reading(result: .failure(error), sentAt: sentAt)
        }
    }

    private func ingredients(
        of provider: any Provider,
        for purpose: Purpose,
        after correction: Correction? = nil
    ) async throws(Failure) -> Ingredients {
        var ingredients = Ingredients(now: now(), correction: correction)
        for ingredient in provider.ingredients(for: purpose) {
            switch ingredient {
            case .issuerMetadata(let issuer, let caFile):
                ingredients.issuerMetadata = try await metadata.metadata(of: issuer, caFile: caFile)
            case .clientSecret(let source):
                ingredients.clientSecret = try await secrets.fetch(source)
            case .clientRegistration(let flow):
                ingredients.clientRegistration = try await registrations.registration(
                    for: flow,
                    of: provider,
                    renewed: correction == .freshRegistration
                ) {
                    await register(provider, for: flow)
                }
            case .assertion(let source):
                ingredients.assertion = try await assertions.fetch(source)
            case .signingCredentials(let source):
                let renewed = correction == .freshCredentials
                ingredients.signingCredentials = try await signers.fetch(source, renewed: renewed)
            }
        }
        return ingredients
    }

    private func register(_ provider: any Provider, for flow: LoginFlow) async -> Result<ClientRegistration, Failure> {
        await run(provider, .registration(flow)) { ingredients throws(Failure) in
            try provider.registrationRequest(for: flow, with: ingredients)
        } read: { reply, _ throws(Failure) in
            try provider.readRegistration(reply)
        }
        .result
    }
}

extension Purpose {
    /// Whether a request of this kind may be sent again after a correction. A client can be registered anew only before
    /// anything has been given to it.
    fileprivate func allows(_ correction: Correction) -> Bool {
        guard correction == .freshRegistration else { return true }
        if case .login = self { return true }
        return false
    }
}
