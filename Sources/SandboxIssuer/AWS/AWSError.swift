/// An exception of an AWS service, in that service's own form.
struct AWSError: Error, Hashable {
    /// How the log calls it.
    var name: String
    var response: Response

    /// Of SSO-OIDC: the RFCs' codes and descriptions, and AWS's name in a header.
    static func oidc(_ exception: OIDCException, _ description: String, members: [String: JSON] = [:]) -> AWSError {
        let own: [String: JSON] = [
            "error": .string(exception.error), "error_description": .string(description),
        ]
        return AWSError(
            name: exception.rawValue,
            response: .json(
                .object(own.merging(members) { _, given in given }),
                status: exception.status,
                headers: type(exception.rawValue, "com.amazonaws.sso.oidc")
            )
        )
    }

    /// Of the portal: a message, and AWS's name in a header and in the body.
    static func portal(_ exception: PortalException, _ message: String) -> AWSError {
        let namespace = "com.amazonaws.switchboard.portal"
        return AWSError(
            name: exception.rawValue,
            response: .json(
                ["message": .string(message), "__type": .string("\(namespace)#\(exception.rawValue)")],
                status: exception.status,
                headers: type(exception.rawValue, namespace)
            )
        )
    }

    /// Of what stands in front of the services that speak JSON and checks signatures.
    static func frontEnd(_ exception: SignatureException, _ message: String) -> AWSError {
        AWSError(
            name: exception.rawValue,
            response: .json(
                ["message": .string(message)],
                status: 403,
                headers: ["x-amzn-ErrorType": exception.rawValue]
            )
        )
    }

    /// Of STS, in the XML of AWS's query protocol.
    static func sts(_ code: String, _ message: String, status: Int = 400) -> AWSError {
        let error = XML(
            "ErrorResponse",
            [
                XML("Error", [XML("Type", text: "Sender"), XML("Code", text: code), XML("Message", text: message)]),
                XML("RequestId", text: IssuerMachine.requestID),
            ]
        )
        return AWSError(name: code, response: .sts(error, status: status))
    }

    private static func type(_ name: String, _ namespace: String) -> [String: String] {
        ["x-amzn-ErrorType": "\(name):http://internal.amazon.com/coral/\(namespace)/"]
    }
}

extension AWSError {
    /// What SSO-OIDC makes of an error that OAuth has too.
    init(_ error: OAuthError) {
        self = .oidc(OIDCException(error: error.code) ?? .internalServer, error.description)
    }
}

/// The exceptions of SSO-OIDC.
package enum OIDCException: String, Sendable, Hashable, CaseIterable {
    case accessDenied = "AccessDeniedException"
    case authorizationPending = "AuthorizationPendingException"
    case expiredToken = "ExpiredTokenException"
    case internalServer = "InternalServerException"
    case invalidClient = "InvalidClientException"
    case invalidClientMetadata = "InvalidClientMetadataException"
    case invalidGrant = "InvalidGrantException"
    case invalidRedirectURI = "InvalidRedirectUriException"
    case invalidRequest = "InvalidRequestException"
    /// A token of another region; has the members `endpoint` and `region`.
    case invalidRequestRegion = "InvalidRequestRegionException"
    case invalidScope = "InvalidScopeException"
    case slowDown = "SlowDownException"
    case unauthorizedClient = "UnauthorizedClientException"
    case unsupportedGrantType = "UnsupportedGrantTypeException"

    /// The code by which OAuth knows it. Two exceptions share `invalid_request`; the plain one comes first.
    package var error: String {
        switch self {
        case .accessDenied: "access_denied"
        case .authorizationPending: "authorization_pending"
        case .expiredToken: "expired_token"
        case .internalServer: "server_error"
        case .invalidClient: "invalid_client"
        case .invalidClientMetadata: "invalid_client_metadata"
        case .invalidGrant: "invalid_grant"
        case .invalidRedirectURI: "invalid_redirect_uri"
        case .invalidRequest, .invalidRequestRegion: "invalid_request"
        case .invalidScope: "invalid_scope"
        case .slowDown: "slow_down"
        case .unauthorizedClient: "unauthorized_client"
        case .unsupportedGrantType: "unsupported_grant_type"
        }
    }

    package var status: Int {
        switch self {
        case .internalServer: 500
        case .invalidClient: 401
        default: 400
        }
    }

    init?(error: String) {
        guard let known = Self.allCases.first(where: { $0.error == error }) else { return nil }
        self = known
    }
}

/// The exceptions of the portal. `ForbiddenException` is in no model, but is what a role brings that is not assigned.
package enum PortalException: String, Sendable, Hashable, CaseIterable {
    case forbidden = "ForbiddenException"
    case invalidRequest = "InvalidRequestException"
    case resourceNotFound = "ResourceNotFoundException"
    case tooManyRequests = "TooManyRequestsException"
    case unauthorized = "UnauthorizedException"

    package var status: Int {
        switch self {
        case .invalidRequest: 400
        case .unauthorized: 401
        case .forbidden: 403
        case .resourceNotFound: 404
        case .tooManyRequests: 429
        }
    }
}
