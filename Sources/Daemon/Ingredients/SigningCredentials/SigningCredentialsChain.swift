package import OAuth

/// The credentials that sign requests to AWS, fetched from wherever the configuration, the environment and the AWS
/// files say, and kept until five minutes before they end.
///
/// What does not say when it ends is fetched anew each time, so that keys which somebody replaces in a file are picked
/// up. A role of one of our own accounts is not kept here: it must go when its account is logged out.
package actor SigningCredentialsChain {
    /// Fetches the credentials of a role by way of an account of ours.
    package typealias Roles =
        @Sendable (_ account: String, _ accountID: String, _ role: String) async throws(Failure) -> SigningCredentials

    /// How long before their end credentials are renewed.
    private static let margin = Duration.seconds(5 * 60)

    private let origins: CredentialsOrigins
    private let roles: Roles
    private let now: @Sendable () -> Instant
    private var kept: [SigningCredentialsSource: SigningCredentials] = [:]
    private var fetches: [SigningCredentialsSource: Task<Result<SigningCredentials, Failure>, Never>] = [:]

    /// Takes the way to metadata services and STS, the process's variables, among which credentials may be, the clock,
    /// and who fetches the credentials of roles.
    package init(
        exchange: Exchange,
        environment: [String: String],
        now: @escaping @Sendable () -> Instant,
        roles: @escaping Roles
    ) {
        origins = CredentialsOrigins(exchange: exchange, environment: environment, now: now)
        self.now = now
        self.roles = roles
    }

    /// Fetches credentials; callers who ask for the same at the same time share one fetch. With `renewed`, those that
    /// are kept will not do, because AWS has refused them.
    ///
    /// - Throws: a failure that says which place was tried and what mends it. Credentials that are still good outlive
    ///   the failure to get newer ones, unless they were refused.
    package func fetch(_ source: SigningCredentialsSource, renewed: Bool = false) async throws(Failure)
        -> SigningCredentials
    {
        if case .role(let account, let accountID, let role) = source {
            do throws(Failure) {
                return try await roles(account, accountID, role)
            } catch {
                throw error.beforeSending
            }
        }
        if renewed { kept[source] = nil }
        if let credentials = kept[source], lifetime(of: credentials) > Self.margin { return credentials }
        let fetch = fetches[source] ?? Task { take(await origins.fetch(source), from: source) }
        fetches[source] = fetch
        return try await fetch.value.get()
    }

    /// Draws the conclusions from a fetch, once for all who wait for it.
    private func take(
        _ fetched: Result<SigningCredentials, Failure>,
        from source: SigningCredentialsSource
    ) -> Result<SigningCredentials, Failure> {
        fetches[source] = nil
        switch fetched {
        case .success(let credentials):
            kept[source] = credentials.expiresAt == nil ? nil : credentials
            return fetched
        case .failure:
            guard let credentials = kept[source], lifetime(of: credentials) > .zero else { return fetched }
            return .success(credentials)
        }
    }

    private func lifetime(of credentials: SigningCredentials) -> Duration {
        credentials.expiresAt.map { $0 - now().wall } ?? .zero
    }
}
