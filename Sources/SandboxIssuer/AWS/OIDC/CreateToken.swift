extension IssuerMachine {
    /// Gives a registered client tokens (`POST /token`). Its member `scope` has no effect, as AWS documents it.
    mutating func createToken(_ request: Request, at now: Duration) throws(OAuthError) -> Answer {
        let members = try Members(request)
        let client = try registeredClient(members, at: now)
        let name = try members.required("grantType")
        guard let grantType = GrantType(rawValue: name),
            [.authorizationCode, .deviceCode, .refreshToken].contains(grantType)
        else { throw OAuthError("unsupported_grant_type", "no such grant type: \(name)") }
        guard client.grantTypes.contains(grantType) else {
            throw OAuthError("unauthorized_client", "the client has not registered for \(name)")
        }
        let grant: Grant
        var generation: Int?
        switch grantType {
        case .refreshToken:
            (grant, generation) = try redeem(
                refreshToken: members.required("refreshToken"),
                of: client.clientID,
                at: now
            )
        case .authorizationCode:
            grant = try redeem(code: members, of: client.clientID, at: now)
        default:
            grant = try redeem(deviceCode: members.required("deviceCode"), of: client.clientID, at: now)
        }
        // Whoever registers no scope gets no refresh token.
        if grantType != .refreshToken, !client.scopes.isEmpty { generation = firstRefreshToken(of: grant) }
        let session = openSession(of: grant, at: now)
        let tokens = createdTokens(of: session, refreshToken: generation, at: now)
        return Answer(
            response: .json(.object(tokens.members.merging(["idToken": .null]) { own, _ in own })),
            grant: grant.id,
            issued: tokens.issued
        )
    }
}
