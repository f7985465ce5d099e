/// What a client brings to have tokens, and what the books say of it. No answer is written here.
extension IssuerMachine {
    /// Uses a refresh token of a client.
    ///
    /// - Returns: the grant, and the generation that goes into the answer; `nil` where it is to be left out.
    mutating func redeem(
        refreshToken text: String,
        of client: String,
        scope: [String] = [],
        at now: Duration
    ) throws(OAuthError) -> (grant: Grant, generation: Int?) {
        guard case .refreshToken(let id, let generation) = mint.read(text), var grant = grant(id),
            grant.client == client
        else { throw .invalidGrant("no such refresh token") }
        guard !grant.isRevoked else { throw .invalidGrant("the grant has been revoked") }
        guard !grant.isOver(at: now) else { throw .invalidGrant("the session is over") }
        guard Set(scope).isSubset(of: grant.scope) else {
            throw OAuthError("invalid_scope", "the scope is wider than what was granted")
        }
        guard let good = grant.redeem(generation: generation, by: configuration.refresh, at: now) else {
            reuses.append(
                Reuse(grant: id, generation: generation, newest: grant.generations.count, request: log.count + 1)
            )
            grants[id - 1].isRevoked = configuration.refresh.reuseRevokesFamily
            throw .invalidGrant("the refresh token has been used before")
        }
        grants[id - 1] = grant
        let repeats = good != generation || configuration.reply.repeatsRefreshToken
        return (grant, repeats ? good : nil)
    }

    /// Answers the poll of a device login (RFC 8628 section 3.4).
    mutating func redeem(deviceCode text: String, of client: String, at now: Duration) throws(OAuthError) -> Grant {
        guard case .deviceCode(let id) = mint.read(text), var grant = grant(id), grant.client == client else {
            throw .invalidGrant("no such device code")
        }
        guard !grant.isRevoked else { throw .invalidGrant("the grant has been revoked") }
        defer { grants[id - 1] = grant }
        try grant.login?.poll(by: configuration.approval, at: now)
        return grant
    }

    /// Takes an authorization code back, with the members `code`, `redirectUri` and `codeVerifier`.
    mutating func redeem(code members: Members, of client: String, at now: Duration) throws(OAuthError) -> Grant {
        let code = try members.required("code")
        guard case .authorizationCode(let id) = mint.read(code), var grant = grant(id), grant.client == client else {
            throw .invalidGrant("no such code")
        }
        guard !grant.isRevoked else { throw .invalidGrant("the grant has been revoked") }
        try grant.code?.redeem(
            redirectURI: members.text("redirectUri"),
            verifier: members.required("codeVerifier"),
            at: now
        )
        grants[id - 1] = grant
        return grant
    }

    /// Begins the family of refresh tokens of a login, where logins bring any.
    mutating func firstRefreshToken(of grant: Grant) -> Int? {
        configuration.reply.grantsRefreshToken ? grants[grant.id - 1].firstGeneration() : nil
    }

    /// Enters a device login into the books.
    mutating func beginDeviceLogin(of client: String, scope: [String], at now: Duration) -> Grant {
        let login = DeviceLogin(
            userCode: mint.userCode(grant: grants.count + 1),
            startedAt: now,
            expiresAt: now + configuration.deviceCodeLifetime,
            interval: .seconds(configuration.interval ?? 5)
        )
        return addGrant(of: client, scope: scope, login: login)
    }

    /// Enters a grant into the books.
    mutating func addGrant(
        of client: String,
        scope: [String],
        login: DeviceLogin? = nil,
        code: CodeLogin? = nil
    ) -> Grant {
        let grant = Grant(id: grants.count + 1, client: client, scope: scope, login: login, code: code)
        grants.append(grant)
        return grant
    }
}
