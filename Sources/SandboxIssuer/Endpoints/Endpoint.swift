/// The addresses of the issuer; each is a file of this folder. Those with a capital are the operations of AWS, by AWS's
/// own names; each is a file of the folder `AWS`.
package enum Endpoint: String, Sendable, Hashable, CaseIterable {
    /// Both forms of discovery.
    case metadata
    case token
    case deviceAuthorization = "device_authorization"
    /// The page where a person approves.
    case verification
    case revocation
    case keySet = "jwks"
    case userInfo = "userinfo"

    case registerClient = "RegisterClient"
    case startDeviceAuthorization = "StartDeviceAuthorization"
    /// The page where a person lets a client have a code; AWS has no name for it.
    case authorize = "Authorize"
    case createToken = "CreateToken"
    case createTokenWithIAM = "CreateTokenWithIAM"
    case getRoleCredentials = "GetRoleCredentials"
    case listAccounts = "ListAccounts"
    case listAccountRoles = "ListAccountRoles"
    case logout = "Logout"
    case assumeRole = "AssumeRole"
    case assumeRoleWithWebIdentity = "AssumeRoleWithWebIdentity"
    case getCallerIdentity = "GetCallerIdentity"

    /// Whatever else is asked for.
    case unknown

    /// What stands before the addresses of the control API.
    static let controlPrefix = "/sandbox/"

    /// The address below the issuer's own; that of the metadata is OpenID Connect Discovery's. AWS's operations are not
    /// known by their paths alone, see `init(aws:issuerPath:)`.
    var path: String? {
        switch self {
        case .metadata: "/.well-known/openid-configuration"
        case .token: "/token"
        case .deviceAuthorization: "/device_authorization"
        case .verification: "/device"
        case .revocation: "/revoke"
        case .keySet: "/jwks"
        case .userInfo: "/userinfo"
        default: nil
        }
    }

    /// Where a request goes.
    package init(_ request: Request, issuerPath: String) {
        self = Endpoint(aws: request, issuerPath: issuerPath) ?? Endpoint(path: request.path, issuerPath: issuerPath)
    }

    /// Where a request of OAuth goes. RFC 8414 puts its well-known part before the issuer's path, OpenID Connect behind.
    private init(path: String, issuerPath: String) {
        let known = Endpoint.allCases.first { $0.path.map { issuerPath + $0 } == path }
        self = path == "/.well-known/oauth-authorization-server" + issuerPath ? .metadata : known ?? .unknown
    }
}
