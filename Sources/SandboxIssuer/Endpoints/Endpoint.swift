/// The addresses of the issuer; each is a file of this folder.
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
    /// Whatever else is asked for.
    case unknown

    /// What stands before the addresses of the control API.
    static let controlPrefix = "/sandbox/"

    /// The address below the issuer's own; that of the metadata is OpenID Connect Discovery's.
    var path: String {
        switch self {
        case .metadata: "/.well-known/openid-configuration"
        case .token: "/token"
        case .deviceAuthorization: "/device_authorization"
        case .verification: "/device"
        case .revocation: "/revoke"
        case .keySet: "/jwks"
        case .userInfo: "/userinfo"
        case .unknown: ""
        }
    }

    /// Where a request goes. RFC 8414 puts its well-known part before the issuer's path, OpenID Connect behind.
    package init(path: String, issuerPath: String) {
        let known = Endpoint.allCases.first { path == issuerPath + $0.path && $0 != .unknown }
        self = path == "/.well-known/oauth-authorization-server" + issuerPath ? .metadata : known ?? .unknown
    }
}
