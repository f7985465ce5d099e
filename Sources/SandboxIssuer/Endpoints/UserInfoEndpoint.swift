extension IssuerMachine {
    /// Tells who an access token speaks for (OpenID Connect Core section 5.3): a resource to try a token on.
    func userInfo(_ request: Request, at now: Duration) throws(OAuthError) -> Answer {
        let header = request.headers["authorization"] ?? ""
        guard header.lowercased().hasPrefix("bearer ") else { throw refused("no access token came") }
        guard case .accessToken(_, let id, let expiry) = ticket(String(header.dropFirst(7))), let grant = grant(id)
        else { throw refused("no such access token") }
        guard !grant.isRevoked else { throw refused("the grant has been revoked") }
        guard now < .seconds(expiry) else { throw refused("the access token has expired") }
        let subject = grant.login == nil ? grant.client : IssuerMachine.subject
        return Answer(response: .json(["sub": .string(subject)]), grant: id)
    }

    /// The challenge of RFC 6750 section 3.
    private func refused(_ description: String) -> OAuthError {
        OAuthError(
            "invalid_token",
            description,
            status: 401,
            headers: ["WWW-Authenticate": #"Bearer error="invalid_token", error_description="\#(description)""#]
        )
    }
}
