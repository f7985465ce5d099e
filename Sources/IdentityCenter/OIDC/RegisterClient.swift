package import OAuth

/// `RegisterClient`: makes a client that people can log in with. It needs no credential, and no person.
package struct RegisterClient: Sendable, Hashable {
    /// What AWS shows to the person who is asked to approve.
    package var clientName: String
    /// Without one AWS gives no refresh token later on.
    package var scope: Scope
    package var grantTypes: [GrantType]
    package var redirectURIs: [String]
    /// The start URL of the portal that the client is for.
    package var issuerURL: String?

    package init(
        clientName: String,
        scope: Scope,
        grantTypes: [GrantType] = [],
        redirectURIs: [String] = [],
        issuerURL: String? = nil
    ) {
        self.clientName = clientName
        self.scope = scope
        self.grantTypes = grantTypes
        self.redirectURIs = redirectURIs
        self.issuerURL = issuerURL
    }

    /// Makes the request.
    package func request(to endpoint: Endpoint) -> EndpointRequest {
        var body = JSONBody()
        body.append("clientName", clientName)
        body.append("clientType", "public")
        body.append("scopes", scope.tokens)
        body.append("grantTypes", grantTypes.map(\.rawValue))
        body.append("redirectUris", redirectURIs)
        body.append("issuerUrl", issuerURL)
        return EndpointRequest(posting: body, to: endpoint, "/client/register")
    }

    /// Reads the reply.
    ///
    /// - Throws: the service's own error, or a failure of code `invalid_reply` that names what is missing.
    package static func read(_ reply: EndpointReply, from region: Region) throws(Failure) -> ClientRegistration {
        try reply.check(.registerClient, in: region)
        let members = try reply.object(Members.self)
        guard let clientID = members.clientID.value, !clientID.isEmpty else { throw .missing("clientId") }
        guard let clientSecret = members.clientSecret.value, !clientSecret.isEmpty else {
            throw .missing("clientSecret")
        }
        return ClientRegistration(
            clientID: clientID,
            clientSecret: Secret(clientSecret),
            expiresAt: members.clientSecretExpiresAt.value.flatMap { end(seconds: $0.value) }
        )
    }

    /// The end of a client, whose number of seconds since 1970 is zero where there is none (RFC 7591 section 3.2.1). One
    /// beyond the year 9999 is as good as none.
    private static func end(seconds: Double) -> Duration? {
        (1..<253_402_300_800).contains(seconds) ? .seconds(seconds) : nil
    }

    private struct Members: Decodable {
        var clientID: Member<String>
        var clientSecret: Member<String>
        var clientSecretExpiresAt: Member<DecimalNumber>

        private enum CodingKeys: String, CodingKey {
            case clientID = "clientId"
            case clientSecret
            case clientSecretExpiresAt
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            clientID = members.member(.clientID)
            clientSecret = members.member(.clientSecret)
            clientSecretExpiresAt = members.member(.clientSecretExpiresAt)
        }
    }
}

extension Failure {
    fileprivate static func missing(_ member: String) -> Failure {
        let detail = "the answer to the registration of the client holds no usable \(member)"
        return Failure(.temporary(.answered), code: Code.invalidReply, detail: detail)
    }
}
