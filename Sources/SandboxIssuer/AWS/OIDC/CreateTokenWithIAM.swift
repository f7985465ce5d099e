extension IssuerMachine {
    /// Gives an application tokens (`POST /token?aws_iam=t`). Who asks has been found by the signature before.
    mutating func createTokenWithIAM(_ request: Request, at now: Duration) throws(OAuthError) -> Answer {
        let members = try Members(request)
        let arn = try members.required("clientId")
        guard let application = configuration.aws.applications.first(where: { $0.arn == arn }) else {
            throw OAuthError("invalid_client", "no such application", status: 401)
        }
        let name = try members.required("grantType")
        let scope = try scope(members, of: application)
        var issued = TokenType.refreshToken
        let grant: Grant
        var generation: Int?
        switch GrantType(rawValue: name) {
        case .refreshToken:
            (grant, generation) = try redeem(
                refreshToken: members.required("refreshToken"),
                of: arn,
                scope: scope ?? [],
                at: now
            )
        case .authorizationCode:
            grant = openSession(of: try redeem(code: members, of: arn, at: now), at: now)
            generation = firstRefreshToken(of: grant)
        case .jwtBearer:
            try checkAssertion(members.required("assertion"), at: now)
            grant = openSession(of: addGrant(of: arn, scope: scope ?? IssuerMachine.defaultScope), at: now)
            generation = firstRefreshToken(of: grant)
        case .tokenExchange:
            issued = try requestedTokenType(members)
            let subject = try subjectGrant(members, at: now)
            grant = openSession(
                of: addGrant(of: arn, scope: scope ?? IssuerMachine.defaultScope),
                until: subject.sessionEnd,
                at: now
            )
            if issued == .refreshToken { generation = firstRefreshToken(of: grant) }
        case .deviceCode, .clientCredentials, nil:
            throw OAuthError("unsupported_grant_type", "no such grant type: \(name)")
        }
        return try answer(grant, scope: scope ?? grant.scope, issuing: issued, generation, at: now)
    }

    /// What an application gets that asks for nothing in particular.
    private static let defaultScope = ["openid", "aws", "sts:identity_context"]

    /// The names of RFC 8693 section 3.
    private enum TokenType: String {
        case accessToken = "urn:ietf:params:oauth:token-type:access_token"
        case refreshToken = "urn:ietf:params:oauth:token-type:refresh_token"
    }

    private func scope(_ members: Members, of application: Application) throws(OAuthError) -> [String]? {
        guard let scope = try members.texts("scope"), !scope.isEmpty else { return nil }
        guard scope.count <= IssuerMachine.maxScopes, Set(scope).isSubset(of: application.scopes) else {
            throw OAuthError("invalid_scope", "the application has not all of these scopes")
        }
        return scope
    }

    private func checkAssertion(_ text: String, at now: Duration) throws(OAuthError) {
        guard let assertion = assertion(text) else {
            throw .invalidGrant("the assertion is not signed by anyone who is trusted")
        }
        guard now < assertion.expiresAt else { throw .invalidGrant("the assertion has expired") }
    }

    private func requestedTokenType(_ members: Members) throws(OAuthError) -> TokenType {
        guard let name = try members.text("requestedTokenType") else { return .accessToken }
        guard let type = TokenType(rawValue: name) else { throw .invalidRequest("no such requestedTokenType: \(name)") }
        return type
    }

    /// The grant whose access token is to be exchanged.
    private func subjectGrant(_ members: Members, at now: Duration) throws(OAuthError) -> Grant {
        let text = try members.required("subjectToken")
        guard try members.required("subjectTokenType") == TokenType.accessToken.rawValue else {
            throw .invalidRequest("subjectTokenType must be \(TokenType.accessToken.rawValue)")
        }
        guard case .accessToken(_, let id, let expiry) = ticket(text), let grant = grant(id), !grant.isOver(at: now)
        else { throw .invalidGrant("no such subject token") }
        guard now < .seconds(expiry) else { throw OAuthError("expired_token", "the subject token has expired") }
        return grant
    }

    private mutating func answer(
        _ grant: Grant,
        scope: [String],
        issuing type: TokenType,
        _ generation: Int?,
        at now: Duration
    ) throws(OAuthError) -> Answer {
        var (members, issued) = createdTokens(of: grant, refreshToken: generation, at: now)
        let context = mint.secret("identity context \(grant.id)")
        let showsContext = scope.contains("sts:identity_context")
        members["issuedTokenType"] = .string(type.rawValue)
        members["scope"] = .strings(scope)
        members["idToken"] =
            scope.contains("openid")
            ? .string(try idToken(of: grant, identityContext: showsContext ? context : nil, at: now)) : .null
        members["awsAdditionalDetails"] = showsContext ? ["identityContext": .string(context)] : .null
        return Answer(response: .json(.object(members)), grant: grant.id, issued: issued)
    }
}
