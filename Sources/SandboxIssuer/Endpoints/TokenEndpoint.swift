extension IssuerMachine {
    /// Answers a request for tokens (RFC 6749 section 3.2).
    mutating func token(_ request: Request, at now: Duration) throws(OAuthError) -> Answer {
        let form = try oauthForm(request)
        let client = try authenticatedClient(request)
        guard let name = form["grant_type"] else { throw .invalidRequest("grant_type is missing") }
        guard let grantType = GrantType(rawValue: name), GrantType.oauth.contains(grantType) else {
            throw OAuthError("unsupported_grant_type", "no such grant type: \(name)")
        }
        try require(grantType, of: client)
        switch grantType {
        case .refreshToken: return try refresh(form, of: client, at: now)
        case .deviceCode: return try pollDevice(form, of: client, at: now)
        default: return try clientCredentials(form, of: client, at: now)
        }
    }

    func require(_ grantType: GrantType, of client: Client) throws(OAuthError) {
        guard client.grantTypes.contains(grantType) else {
            throw OAuthError("unauthorized_client", "the client may not use \(grantType.rawValue)")
        }
    }

    /// Refreshes (RFC 6749 section 6).
    private mutating func refresh(_ form: Form, of client: Client, at now: Duration) throws(OAuthError) -> Answer {
        guard let text = form["refresh_token"] else { throw .invalidRequest("refresh_token is missing") }
        let scope = scope(form)
        let (grant, generation) = try redeem(refreshToken: text, of: client.id, scope: scope, at: now)
        return try tokens(
            of: grant,
            scope: scope.isEmpty ? grant.scope : scope,
            form: form,
            refreshToken: generation,
            withIDToken: configuration.reply.refreshesIDToken,
            at: now
        )
    }

    /// Answers the poll of a device login (RFC 8628 section 3.4).
    private mutating func pollDevice(_ form: Form, of client: Client, at now: Duration) throws(OAuthError) -> Answer {
        guard let text = form["device_code"] else { throw .invalidRequest("device_code is missing") }
        let grant = try redeem(deviceCode: text, of: client.id, at: now)
        return try tokens(
            of: grant,
            scope: grant.scope,
            form: form,
            refreshToken: firstRefreshToken(of: grant),
            withIDToken: true,
            at: now
        )
    }

    /// Gives a client a token of its own (RFC 6749 section 4.4). All of them belong to one grant of the client.
    private mutating func clientCredentials(
        _ form: Form,
        of client: Client,
        at now: Duration
    ) throws(OAuthError) -> Answer {
        guard client.secret != nil else {
            throw OAuthError("unauthorized_client", "a public client has no credentials")
        }
        let grant = ownGrant(of: client.id) ?? addGrant(of: client.id, scope: [])
        return try tokens(of: grant, scope: scope(form), form: form, refreshToken: nil, withIDToken: false, at: now)
    }

    /// The scope tokens asked for (RFC 6749 section 3.3).
    func scope(_ form: Form) -> [String] { form["scope"].map { $0.split(separator: " ").map(String.init) } ?? [] }

    /// Makes the tokens of a successful answer (RFC 6749 section 5.1).
    private mutating func tokens(
        of grant: Grant,
        scope: [String],
        form: Form,
        refreshToken generation: Int?,
        withIDToken: Bool,
        at now: Duration
    ) throws(OAuthError) -> Answer {
        let lifetime = configuration.accessTokenLifetime.components.seconds
        let access = Ticket.accessToken(
            serial: mint.nextSerial(),
            grant: grant.id,
            expiry: now.components.seconds + lifetime
        )
        let refresh = generation.map { Ticket.refreshToken(grant: grant.id, generation: $0) }
        let style = configuration.reply
        var members: [String: JSON] = [
            "access_token": .string(try accessToken(access, of: grant, scope: scope, form: form, at: now))
        ]
        members["token_type"] = style.tokenType.map(JSON.string)
        members["expires_in"] = style.expiresIn.json(lifetime)
        if style.showsScope, !scope.isEmpty { members["scope"] = .string(scope.joined(separator: " ")) }
        if let refresh { members["refresh_token"] = .string(mint.text(refresh)) }
        if withIDToken, scope.contains("openid") {
            members["id_token"] = .string(try idToken(of: grant, at: now))
        }
        return Answer(
            response: .json(.object(members)),
            grant: grant.id,
            issued: [access, refresh].compactMap { $0?.name }
        )
    }
}
