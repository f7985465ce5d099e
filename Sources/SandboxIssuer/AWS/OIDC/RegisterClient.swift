extension IssuerMachine {
    /// As many scopes as SSO-OIDC takes at once.
    static let maxScopes = 25

    /// Registers a client (`POST /client/register`).
    mutating func registerClient(_ request: Request, at now: Duration) throws(OAuthError) -> Answer {
        let members = try Members(request)
        let name = try members.required("clientName")
        guard try members.required("clientType") == "public" else {
            throw OAuthError("invalid_client_metadata", "clientType must be public")
        }
        let scopes = try members.texts("scopes") ?? []
        guard scopes.count <= IssuerMachine.maxScopes, scopes.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
            throw OAuthError("invalid_scope", "a scope is a word, and there are at most \(IssuerMachine.maxScopes)")
        }
        let grantTypes = try grantTypes(members)
        let redirectURIs = try members.texts("redirectUris") ?? []
        guard redirectURIs.allSatisfy({ RedirectURI($0) != nil }) else {
            throw OAuthError("invalid_redirect_uri", "a redirect URI must be http on the loopback interface")
        }
        guard !grantTypes.contains(.authorizationCode) || !redirectURIs.isEmpty else {
            throw OAuthError("invalid_redirect_uri", "authorization_code needs a redirect URI")
        }
        let registration = Registration(
            clientID: "sandbox-client-\(registrations.count + 1)",
            name: name,
            scopes: scopes,
            grantTypes: grantTypes,
            redirectURIs: redirectURIs,
            expiresAt: now + configuration.aws.registrationLifetime
        )
        registrations.append(registration)
        return Answer(
            response: .json([
                "clientId": .string(registration.clientID),
                "clientSecret": .string(clientSecret(registration.clientID)),
                "clientIdIssuedAt": .integer(now.components.seconds),
                "clientSecretExpiresAt": .integer(registration.expiresAt.components.seconds),
                "authorizationEndpoint": .null,
                "tokenEndpoint": .null,
            ]),
            issued: [registration.clientID]
        )
    }

    /// The grant types that a client registers for; without any it is one of the device flow.
    private func grantTypes(_ members: Members) throws(OAuthError) -> Set<GrantType> {
        guard let names = try members.texts("grantTypes") else { return [.deviceCode, .refreshToken] }
        var grantTypes: Set<GrantType> = []
        for name in names {
            guard let grantType = GrantType(rawValue: name),
                [.authorizationCode, .deviceCode, .refreshToken].contains(grantType)
            else { throw OAuthError("unsupported_grant_type", "no such grant type: \(name)") }
            grantTypes.insert(grantType)
        }
        // The real service fails over it in this way, without a word.
        guard !grantTypes.isSuperset(of: [.authorizationCode, .deviceCode]) else {
            throw OAuthError("server_error", "Internal server error", status: 500)
        }
        return grantTypes
    }
}
