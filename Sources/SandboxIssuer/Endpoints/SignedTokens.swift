import FoundationEssentials

extension IssuerMachine {
    /// The person who logs in at this issuer: there is only one.
    static let subject = "sandbox-user"

    /// An access token in the form that is configured.
    func accessToken(
        _ ticket: Ticket,
        of grant: Grant,
        scope: [String],
        form: Form,
        at now: Duration
    ) throws(OAuthError) -> String {
        guard configuration.accessTokenForm == .jwt, case .accessToken(_, _, let expiry) = ticket else {
            return mint.text(ticket)
        }
        let audience = form.fields.filter { $0.name == "audience" || $0.name == "resource" }.map(\.value)
        return try signed(
            [
                "iss": .string(configuration.issuerURL),
                "sub": .string(grant.login == nil ? grant.client : IssuerMachine.subject),
                "aud": .strings(audience.isEmpty ? [configuration.issuerURL] : audience),
                "client_id": .string(grant.client),
                "scope": .string(scope.joined(separator: " ")),
                "iat": .integer(now.components.seconds),
                "exp": .integer(expiry),
                "jti": .string(ticket.name),
            ],
            type: "at+jwt"
        )
    }

    /// An id token that lives as long as an access token (OpenID Connect Core section 2).
    func idToken(of grant: Grant, at now: Duration) throws(OAuthError) -> String {
        try signed(
            [
                "iss": .string(configuration.issuerURL),
                "sub": .string(IssuerMachine.subject),
                "aud": .string(grant.client),
                "iat": .integer(now.components.seconds),
                "exp": .integer((now + configuration.accessTokenLifetime).components.seconds),
                "auth_time": .integer((grant.login?.startedAt ?? now).components.seconds),
            ],
            type: "JWT"
        )
    }

    /// The id token of CreateTokenWithIAM: its claims about the instance, and the time of the login as a text.
    func idToken(of grant: Grant, identityContext: String?, at now: Duration) throws(OAuthError) -> String {
        let loggedInAt = Date(timeIntervalSince1970: now / .seconds(1)).formatted(.iso8601)
        var claims: [String: JSON] = [
            "iss": .string(configuration.issuerURL),
            "sub": .string(IssuerMachine.subject),
            "aud": .string(grant.client),
            "iat": .integer(now.components.seconds),
            "exp": .integer((now + configuration.accessTokenLifetime).components.seconds),
            "auth_time": .string(loggedInAt),
            "aws:instance_arn": "arn:aws:sso:::instance/ssoins-1111111111111111",
            "aws:identity_store_id": "d-0000000000",
        ]
        claims["sts:identity_context"] = identityContext.map(JSON.string)
        return try signed(.object(claims), type: "JWT")
    }

    private func signed(_ claims: JSON, type: String) throws(OAuthError) -> String {
        do {
            return try signer.signed(claims, type: type)
        } catch {
            throw OAuthError("server_error", "the token could not be signed: \(error)", status: 500)
        }
    }
}
