package import OAuth
package import Transport

/// Runs a provider's requests: fetches their ingredients, carries them, and lets the provider read the replies. All of it
/// away from whoever asks, who may be the actor that everything waits for.
package struct IssuerClient: Sendable {
    private let exchange: Exchange
    private let metadata: MetadataCache
    private let secrets: ClientSecrets
    private let now: @Sendable () -> Instant

    /// Takes the way to issuers, the process's variables, among which client secrets may be, and the clock.
    package init(
        transport: Transport,
        environment: [String: String],
        now: @escaping @Sendable () -> Instant
    ) {
        exchange = Exchange(transport: transport, now: now)
        self.now = now
        metadata = MetadataCache(exchange: exchange, now: now)
        secrets = ClientSecrets(environment: environment)
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
        await run(provider) { ingredients throws(Failure) in
            try provider.request(renewal, variant, with: ingredients)
        } read: { reply throws(Failure) in
            try provider.read(reply, to: renewal)
        }
    }

    /// Begins a device login.
    @concurrent
    package func authorizeDevice(_ provider: any Provider) async -> Reading<DeviceAuthorization> {
        await run(provider) { ingredients throws(Failure) in
            try provider.deviceAuthorizationRequest(with: ingredients)
        } read: { reply throws(Failure) in
            try provider.readDeviceAuthorization(reply)
        }
    }

    /// Asks whether the person has approved.
    @concurrent
    package func poll(_ provider: any Provider, _ authorization: DeviceAuthorization) async -> Reading<DevicePoll> {
        await run(provider) { ingredients throws(Failure) in
            try provider.devicePoll(authorization, with: ingredients)
        } read: { reply throws(Failure) in
            provider.readDevicePoll(reply)
        }
    }

    /// Revokes a refresh token; `false` when the issuer offers no revocation.
    @concurrent
    package func revoke(_ provider: any Provider, _ refreshToken: Secret) async -> Result<Bool, Failure> {
        do throws(Failure) {
            let ingredients = try await ingredients(of: provider)
            guard let request = try provider.revocation(of: refreshToken, with: ingredients) else {
                return .success(false)
            }
            try provider.readRevocation(await exchange.post(request))
            return .success(true)
        } catch {
            return .failure(error)
        }
    }

    private func run<Value>(
        _ provider: any Provider,
        make: (Ingredients) throws(Failure) -> EndpointRequest,
        read: (EndpointReply) throws(Failure) -> Value
    ) async -> Reading<Value> {
        var sentAt = now()
        do throws(Failure) {
            let request = try make(await ingredients(of: provider))
            sentAt = now()
            let reply = try await exchange.post(request)
            sentAt = reply.sentAt
            return Reading(result: .success(try read(reply)), sentAt: sentAt)
        } catch {
            return Reading(result: .failure(error), sentAt: sentAt)
        }
    }

    private func ingredients(of provider: any Provider) async throws(Failure) -> Ingredients {
        var ingredients = Ingredients(now: now())
        for ingredient in provider.ingredients() {
            switch ingredient {
            case .issuerMetadata(let issuer, let caFile):
                ingredients.issuerMetadata = try await metadata.metadata(of: issuer, caFile: caFile)
            case .clientSecret(let source):
                ingredients.clientSecret = try await secrets.fetch(source)
            }
        }
        return ingredients
    }
}
