import HTTPTypes
package import OAuth

/// The error that SSO-OIDC, or the front end that checks signatures for it, answers a request with.
///
/// Its texts are fit to be shown: on one line, of bounded length, and without the secrets that were sent.
package struct ServiceError: Sendable, Hashable {
    /// Which one it is; the body's `error` alone does not tell.
    package let exception: Exception
    /// The issuer's own word: the body's `error`, else the OAuth word for the exception, else the exception's name or
    /// `http_…`.
    package let code: String
    /// `error_description` or, from the front end, `message`.
    package let description: String?
    /// What lies behind the exception, such as `KMS_DisabledException`.
    package let reason: String?
    /// Where the request belongs instead, with `InvalidRequestRegionException`.
    package let endpoint: String?
    package let region: String?
    /// What the status alone says.
    let statusFailure: Failure

    /// Reads the error of a reply; `nil` when its status is none of an error. Of the secrets that were sent none is in
    /// the error, should the service repeat them.
    package init?(_ reply: EndpointReply, withholding secrets: [Secret] = []) {
        guard reply.head.status.code >= 400, let statusFailure = reply.statusFailure else { return nil }
        self.statusFailure = statusFailure
        let members = try? reply.object(ServiceErrorMembers.self)
        func text(_ candidates: Member<String>?..., limit: Int = 500) -> String? {
            candidates.lazy.compactMap { $0?.value }.map { text in
                secrets.reduce(text) { $0.withholding($1) }.displayable(atMost: limit)
            }.first { !$0.isEmpty }
        }
        let name = reply.serviceErrorName(in: members)
        exception = Exception(name: name, status: reply.head.status.code)
        let shownName = name.map { name in secrets.reduce(name) { $0.withholding($1) } }
        code = text(members?.error, limit: 64) ?? exception.word ?? shownName ?? statusFailure.code
        description = text(members?.description, members?.message, members?.capitalMessage)
        reason = text(members?.reason, limit: 64)
        endpoint = text(members?.endpoint)
        region = text(members?.region, limit: 64)
    }
}

extension ServiceError {
    /// Every exception that is known to answer a request of ours.
    package enum Exception: Sendable, Hashable, CaseIterable {
        // Of SSO-OIDC
        case invalidRequest
        case invalidRequestRegion
        case invalidClient
        case invalidClientMetadata
        case invalidRedirectURI
        case invalidGrant
        case invalidScope
        case unauthorizedClient
        case unsupportedGrantType
        case authorizationPending
        case slowDown
        case accessDenied
        /// The code or the token that was sent.
        case expiredToken
        case internalServer
        // Of the front end
        case tooManyRequests
        /// The credentials that signed have ended. The front end calls it as SSO-OIDC calls `expiredToken`, with another
        /// status.
        case expiredCredentials
        /// The credentials that signed are not known, or no more.
        case unknownCredentials
        /// The policies give the credentials that signed no permission.
        case notAuthorized
        case invalidSignature
        /// The signature's date is too far from AWS's clock.
        case requestExpired
        /// One that is known to nobody here.
        case other
        /// The reply names none.
        case unnamed
    }
}

extension ServiceError.Exception {
    /// Finds an exception by its name, an OAuth word for it included, and by the status where one name means two.
    fileprivate init(name: String?, status: Int) {
        guard let name else {
            self = .unnamed
            return
        }
        let short = name.hasSuffix("Exception") ? String(name.dropLast("Exception".count)) : name
        let known = status == 403 ? Self.frontEndNames[short] : nil
        self = known ?? Self.names[short] ?? Self.frontEndNames[short] ?? .other
    }

    /// The word that goes with it in the body of an SSO-OIDC error (RFC 6749 section 5.2 and its extensions).
    package var word: String? {
        switch self {
        case .invalidRequest, .invalidRequestRegion: "invalid_request"
        case .invalidClient: "invalid_client"
        case .invalidClientMetadata: "invalid_client_metadata"
        case .invalidRedirectURI: "invalid_redirect_uri"
        case .invalidGrant: "invalid_grant"
        case .invalidScope: "invalid_scope"
        case .unauthorizedClient: "unauthorized_client"
        case .unsupportedGrantType: "unsupported_grant_type"
        case .authorizationPending: "authorization_pending"
        case .slowDown: "slow_down"
        case .accessDenied: "access_denied"
        case .expiredToken: "expired_token"
        case .internalServer: "server_error"
        case .tooManyRequests, .expiredCredentials, .unknownCredentials, .notAuthorized, .invalidSignature,
            .requestExpired, .other, .unnamed:
            nil
        }
    }

    /// The names of SSO-OIDC without their `Exception`, and the words. The word that two share means the plainer one.
    private static let names: [String: Self] = {
        var names: [String: Self] = [
            "InvalidRequest": .invalidRequest,
            "InvalidRequestRegion": .invalidRequestRegion,
            "InvalidClient": .invalidClient,
            "InvalidClientMetadata": .invalidClientMetadata,
            "InvalidRedirectUri": .invalidRedirectURI,
            "InvalidGrant": .invalidGrant,
            "InvalidScope": .invalidScope,
            "UnauthorizedClient": .unauthorizedClient,
            "UnsupportedGrantType": .unsupportedGrantType,
            "AuthorizationPending": .authorizationPending,
            "SlowDown": .slowDown,
            "AccessDenied": .accessDenied,
            "ExpiredToken": .expiredToken,
            "InternalServer": .internalServer,
        ]
        for exception in allCases where exception != .invalidRequestRegion {
            if let word = exception.word { names[word] = exception }
        }
        return names
    }()

    /// The names that AWS's front ends have in common (“Common errors” of AWS's API references), old and new.
    private static let frontEndNames: [String: Self] = [
        "TooManyRequests": .tooManyRequests,
        "Throttling": .tooManyRequests,
        "ExpiredToken": .expiredCredentials,
        "UnrecognizedClient": .unknownCredentials,
        "InvalidClientTokenId": .unknownCredentials,
        "AccessDenied": .notAuthorized,
        "NotAuthorized": .notAuthorized,
        "InvalidSignature": .invalidSignature,
        "SignatureDoesNotMatch": .invalidSignature,
        "IncompleteSignature": .invalidSignature,
        "MissingAuthenticationToken": .invalidSignature,
        "RequestExpired": .requestExpired,
        "RequestTimeTooSkewed": .requestExpired,
        "InternalFailure": .internalServer,
        "ServiceUnavailable": .internalServer,
    ]
}
