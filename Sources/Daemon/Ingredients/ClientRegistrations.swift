package import OAuth

/// The clients that issuers registered for us, kept for the logins to come: one for each provider and flow.
///
/// They are kept in memory only. What a login brings is bound to its client, so that one is stored beside it.
package actor ClientRegistrations {
    private struct Key: Hashable {
        var fingerprint: String
        var flow: LoginFlow
    }

    private let now: @Sendable () -> Instant
    private var kept: [Key: ClientRegistration] = [:]
    private var requests: [Key: Task<Result<ClientRegistration, Failure>, Never>] = [:]

    /// Takes the clock.
    package init(now: @escaping @Sendable () -> Instant) {
        self.now = now
    }

    /// The client for logins by a flow; callers who ask at the same time share one registration. With `renewed`, the one
    /// that is kept will not do, because the issuer has forgotten it.
    package func registration(
        for flow: LoginFlow,
        of provider: any Provider,
        renewed: Bool,
        register: @escaping @Sendable () async -> Result<ClientRegistration, Failure>
    ) async throws(Failure) -> ClientRegistration {
        let key = Key(fingerprint: provider.fingerprint, flow: flow)
        if renewed { kept[key] = nil }
        if let known = kept[key], known.isUsable(at: now()) { return known }
        let request = requests[key] ?? Task { take(await register(), for: key) }
        requests[key] = request
        return try await request.value.get()
    }

    private func take(
        _ result: Result<ClientRegistration, Failure>,
        for key: Key
    ) -> Result<ClientRegistration, Failure> {
        requests[key] = nil
        if case .success(let registration) = result { kept[key] = registration }
        return result
    }
}
