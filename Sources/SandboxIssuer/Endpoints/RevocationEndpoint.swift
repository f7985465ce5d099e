extension IssuerMachine {
    /// Revokes a refresh token and with it the whole grant (RFC 7009). An access token cannot be revoked alone.
    mutating func revocation(_ request: Request) throws(OAuthError) -> Answer {
        let form = try oauthForm(request)
        let client = try authenticatedClient(request)
        guard let text = form["token"] else { throw .invalidRequest("token is missing") }
        let done = Response(200)
        switch ticket(text) {
        case .refreshToken(let id, _):
            guard let grant = grant(id) else { return Answer(response: done) }
            guard grant.client == client.id else {
                throw OAuthError("unauthorized_client", "the token belongs to another client")
            }
            grants[id - 1].isRevoked = true
            return Answer(response: done, grant: id)
        case .accessToken:
            throw OAuthError("unsupported_token_type", "revoke the refresh token")
        case .deviceCode, .authorizationCode, nil:
            return Answer(response: done)
        }
    }
}
