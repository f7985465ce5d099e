package import OAuth

/// `CreateTokenWithIAM`: gives tokens to an application that IAM knows. The request is signed.
package struct CreateTokenWithIAM: Sendable, Hashable {
    /// What is given for the tokens.
    package enum Grant: Sendable, Hashable {
        case authorizationCode(AuthorizationCode)
        case refreshToken(Secret)
        /// A token of an issuer that the application trusts (RFC 7523).
        case jwtBearer(assertion: Secret)
        /// A token that IAM Identity Center gave to another application (RFC 8693).
        case tokenExchange(subjectToken: Secret, subjectTokenType: String, requestedTokenType: String?)
    }

    /// The ARN of the application, which is its client id.
    package var application: String
    package var grant: Grant
    /// Narrows what the tokens are good for; at most 25. Empty: all that the application has.
    package var scope: Scope

    package init(_ grant: Grant, application: String, scope: Scope = .none) {
        self.application = application
        self.grant = grant
        self.scope = scope
    }

    /// Makes the request, without its signature.
    package func request(to endpoint: Endpoint) -> EndpointRequest {
        var body = JSONBody()
        body.append("clientId", application)
        switch grant {
        case .authorizationCode(let code):
            body.append(code)
        case .refreshToken(let token):
            body.append("grantType", GrantType.refreshToken.rawValue)
            body.append("refreshToken", token)
        case .jwtBearer(let assertion):
            body.append("grantType", GrantType.jwtBearer.rawValue)
            body.append("assertion", assertion)
        case .tokenExchange(let subjectToken, let subjectTokenType, let requestedTokenType):
            body.append("grantType", GrantType.tokenExchange.rawValue)
            body.append("subjectToken", subjectToken)
            body.append("subjectTokenType", subjectTokenType)
            body.append("requestedTokenType", requestedTokenType)
        }
        body.append("scope", scope.tokens)
        return EndpointRequest(posting: body, to: endpoint, "/token?aws_iam=t")
    }

    /// Reads the reply. Of the secrets that were sent none is in what is thrown.
    ///
    /// Two members have no use here and are left where they are: `issuedTokenType`, and the identity context in
    /// `awsAdditionalDetails`, which is a credential.
    package static func read(
        _ reply: EndpointReply,
        to grantType: GrantType,
        from region: Region,
        withholding secrets: [Secret] = []
    ) throws(Failure) -> TokenSet {
        try reply.check(.createTokenWithIAM(grantType), in: region, withholding: secrets)
        return try TokenSet(reply, named: TokenMember.self)
    }
}

/// The types of tokens that an exchange knows, by their names on the wire (RFC 8693 section 3).
package enum TokenTypeURN {
    package static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
    package static let refreshToken = "urn:ietf:params:oauth:token-type:refresh_token"
}
