/// What an issuer publishes about itself, as far as tokend uses it (RFC 8414 section 2, OpenID Connect Discovery
/// section 3).
///
/// The endpoints are the issuer's own text. Each is checked by ``EndpointAddress`` when it is used, just as a configured
/// one is, so that one bad endpoint spoils only what needs it.
package struct IssuerMetadata: Sendable, Hashable {
    /// The issuer identifier, equal to the configured one byte for byte.
    package var issuer: String
    package var tokenEndpoint: String?
    package var deviceAuthorizationEndpoint: String?
    package var authorizationEndpoint: String?
    package var revocationEndpoint: String?
    /// How clients may authenticate at the token endpoint, in the words of RFC 7591 section 2, such as
    /// `client_secret_post`. An issuer that is silent means `client_secret_basic` (RFC 8414 section 2).
    package var tokenEndpointAuthMethods: [String]

    package init(
        issuer: String,
        tokenEndpoint: String? = nil,
        deviceAuthorizationEndpoint: String? = nil,
        authorizationEndpoint: String? = nil,
        revocationEndpoint: String? = nil,
        tokenEndpointAuthMethods: [String] = ["client_secret_basic"]
    ) {
        self.issuer = issuer
        self.tokenEndpoint = tokenEndpoint
        self.deviceAuthorizationEndpoint = deviceAuthorizationEndpoint
        self.authorizationEndpoint = authorizationEndpoint
        self.revocationEndpoint = revocationEndpoint
        self.tokenEndpointAuthMethods = tokenEndpointAuthMethods
    }

    /// Whether every endpoint is named that tokend sends requests to.
    package var isComplete: Bool {
        tokenEndpoint != nil && deviceAuthorizationEndpoint != nil && revocationEndpoint != nil
    }

    /// The metadata with what another document of the same issuer names beside it: some say in one what they leave out
    /// of the other.
    package func completed(by other: IssuerMetadata) -> IssuerMetadata {
        var complete = self
        complete.tokenEndpoint = tokenEndpoint ?? other.tokenEndpoint
        complete.deviceAuthorizationEndpoint = deviceAuthorizationEndpoint ?? other.deviceAuthorizationEndpoint
        complete.authorizationEndpoint = authorizationEndpoint ?? other.authorizationEndpoint
        complete.revocationEndpoint = revocationEndpoint ?? other.revocationEndpoint
        return complete
    }

    /// Takes the metadata out of a document; `nil` when the document does not name its issuer.
    init?(_ document: MetadataDocument) {
        guard let issuer = document.issuer.value else { return nil }
        self.init(
            issuer: issuer,
            tokenEndpoint: document.tokenEndpoint.value,
            deviceAuthorizationEndpoint: document.deviceAuthorizationEndpoint.value,
            authorizationEndpoint: document.authorizationEndpoint.value,
            revocationEndpoint: document.revocationEndpoint.value
        )
        if let methods = document.tokenEndpointAuthMethods.value { tokenEndpointAuthMethods = methods }
    }
}

/// The JSON form of the metadata. Members that tokend does not know are ignored (RFC 8414 section 3.2).
struct MetadataDocument: Decodable {
    var issuer: Member<String>
    var tokenEndpoint: Member<String>
    var deviceAuthorizationEndpoint: Member<String>
    var authorizationEndpoint: Member<String>
    var revocationEndpoint: Member<String>
    var tokenEndpointAuthMethods: Member<[String]>

    private enum CodingKeys: String, CodingKey {
        case issuer
        case tokenEndpoint = "token_endpoint"
        case deviceAuthorizationEndpoint = "device_authorization_endpoint"
        case authorizationEndpoint = "authorization_endpoint"
        case revocationEndpoint = "revocation_endpoint"
        case tokenEndpointAuthMethods = "token_endpoint_auth_methods_supported"
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        issuer = members.member(.issuer)
        tokenEndpoint = members.member(.tokenEndpoint)
        deviceAuthorizationEndpoint = members.member(.deviceAuthorizationEndpoint)
        authorizationEndpoint = members.member(.authorizationEndpoint)
        revocationEndpoint = members.member(.revocationEndpoint)
        tokenEndpointAuthMethods = members.member(.tokenEndpointAuthMethods)
    }
}
