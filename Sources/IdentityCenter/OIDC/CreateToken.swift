package import OAuth

/// `CreateToken`: gives tokens to a client that was registered.
package struct CreateToken: Sendable, Hashable {
    /// What is given for the tokens.
    package enum Grant: Sendable, Hashable {
        case deviceCode(Secret)
        case authorizationCode(AuthorizationCode)
        case refreshToken(Secret)
    }

    /// The client that was given what is given back now: a code or token of one client is worth nothing with another.
    package var client: ClientRegistration
    package var grant: Grant

    package init(_ grant: Grant, client: ClientRegistration) {
        self.client = client
        self.grant = grant
    }

    /// Makes the request.
    package func request(to endpoint: Endpoint) -> EndpointRequest {
        var body = JSONBody()
        body.append("clientId", client.clientID)
        body.append("clientSecret", client.clientSecret)
        switch grant {
        case .deviceCode(let code):
            body.append("grantType", GrantType.deviceCode.rawValue)
            body.append("deviceCode", code)
        case .authorizationCode(let code):
            body.append(code)
        case .refreshToken(let token):
            body.append("grantType", GrantType.refreshToken.rawValue)
            body.append("refreshToken", token)
        }
        return EndpointRequest(posting: body, to: endpoint, "/token")
    }

    /// Reads the reply. Of the secrets that were sent none is in what is thrown.
    package static func read(
        _ reply: EndpointReply,
        to grantType: GrantType,
        from region: Region,
        withholding secrets: [Secret] = []
    ) throws(Failure) -> TokenSet {
        try reply.check(.createToken(grantType), in: region, withholding: secrets)
        return try TokenSet(reply, named: TokenMember.self)
    }

    /// Reads the reply to a poll of a device login.
    package static func readPoll(_ reply: EndpointReply, from region: Region) -> DevicePoll {
        let operation = Operation.createToken(.deviceCode)
        if let error = ServiceError(reply) {
            let failure = error.failure(of: operation, in: region)
            return switch error.exception {
            case .authorizationPending: .pending
            case .slowDown: .slowDown(interval: nil)
            case .accessDenied: .denied(detail: failure.detail)
            case .expiredToken: .expired(detail: failure.detail)
            default: .failed(failure)
            }
        }
        do throws(Failure) {
            return .tokens(try read(reply, to: .deviceCode, from: region))
        } catch {
            return .failed(error)
        }
    }
}

/// The members of a token reply: those of RFC 6749 in AWS's spelling.
enum TokenMember: String, TokenMemberName {
    case accessToken
    case tokenType
    case expiresIn
    case refreshToken
    case idToken
    case scope
}

extension JSONBody {
    /// Adds a code with what belongs to it.
    mutating func append(_ code: AuthorizationCode) {
        append("grantType", GrantType.authorizationCode.rawValue)
        append("code", code.code)
        append("redirectUri", code.redirectURI)
        append("codeVerifier", code.verifier)
    }
}
