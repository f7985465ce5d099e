package import OAuth

extension ServiceError {
    /// What the error means for the attempts to come, and what a person reads: the service's own description and what
    /// mends it. Only `invalid_grant` on a refresh ends a login; what nobody knows keeps it and is tried again.
    package func failure(of operation: Operation, in region: Region) -> Failure {
        Failure(failureClass(of: operation), code: code, detail: detail(of: operation, in: region))
    }

    /// Client errors stop the attempts only where nothing but the configuration, or the client's registration, can mend
    /// them. What an administrator mends at AWS, or somebody else's next token, is waited for.
    private func failureClass(of operation: Operation) -> Failure.Class {
        switch (exception, operation.grantType) {
        case (.invalidGrant, .refreshToken):
            .grantEnded
        case (.invalidGrant, .deviceCode), (.invalidGrant, .authorizationCode), (.expiredToken, .deviceCode),
            (.expiredToken, .authorizationCode), (.accessDenied, _), (.notAuthorized, _):
            .denied
        case (.invalidRequest, _) where isAboutKey:
            .temporary(.answered)
        case (.invalidGrant, .jwtBearer), (.invalidGrant, .tokenExchange), (.invalidRequest, .jwtBearer),
            (.invalidRequest, .tokenExchange), (.expiredToken, _):
            .temporary(.answered)
        case (.invalidScope, _?):
            .variantRefused
        case (.invalidGrant, _), (.invalidRequest, _), (.invalidRequestRegion, _), (.invalidClient, _),
            (.invalidClientMetadata, _), (.invalidRedirectURI, _), (.invalidScope, _), (.unauthorizedClient, _),
            (.unsupportedGrantType, _):
            .misconfigured
        case (.internalServer, _):
            .temporary(.unknown, retryAfter: retryAfter)
        case (.authorizationPending, _), (.slowDown, _), (.tooManyRequests, _), (.expiredCredentials, _),
            (.unknownCredentials, _), (.invalidSignature, _), (.requestExpired, _):
            .temporary(.answered, retryAfter: retryAfter)
        case (.other, .deviceCode) where statusFailure.class.outcome == .answered && !isThrottled:
            .denied
        case (.other, _), (.unnamed, _):
            statusFailure.class
        }
    }

    /// The description, and after it what mends the error.
    private func detail(of operation: Operation, in region: Region) -> String {
        let remedy = remedy(of: operation, in: region)
        guard var said = description else {
            if let remedy { return remedy }
            return exception == .unnamed ? statusFailure.detail : "AWS gave no reason"
        }
        guard let remedy else { return said }
        while said.hasSuffix(".") { said.removeLast() }
        return "\(said); \(remedy)"
    }

    private func remedy(of operation: Operation, in region: Region) -> String? {
        if let reason, isAboutKey { return keyRemedy(reason) }
        return switch exception {
        case .invalidRequest: invalidRequestRemedy(operation, region)
        case .invalidRequestRegion: regionRemedy(region)
        case .invalidGrant: invalidGrantRemedy(operation, region)
        case .expiredToken: expiredTokenRemedy(operation)
        case .accessDenied: accessDeniedRemedy(operation)
        case .invalidClient: invalidClientRemedy(operation, region)
        case .unauthorizedClient: unauthorizedClientRemedy(operation)
        case .unsupportedGrantType:
            operation.isSigned
                ? "the application does not have the grant that `flow` names: enable it on the application" : nil
        case .invalidScope: "check `scopes`"
        case .invalidClientMetadata, .invalidRedirectURI: "AWS does not register this client: check `start_url`"
        case .slowDown, .tooManyRequests: "AWS wants fewer requests"
        case .internalServer: "AWS failed"
        case .authorizationPending: "nobody has approved yet"
        case .expiredCredentials: "the AWS credentials that sign the request have expired: renew `aws_credentials`"
        case .unknownCredentials: "AWS does not know the credentials that sign the request: check `aws_credentials`"
        case .notAuthorized:
            operation.isSigned ? "the signing credentials may not: \(Self.permissions)" : nil
        case .invalidSignature:
            "the signature is not what AWS makes of the request: check the secret key in `aws_credentials` and this "
                + "machine's clock"
        case .requestExpired: "this machine's clock is too far from AWS's: set it"
        case .other, .unnamed: nil
        }
    }

    /// A token of another region is no more than an invalid request to this one.
    private func invalidRequestRemedy(_ operation: Operation, _ region: Region) -> String? {
        switch operation {
        case .createToken(.refreshToken), .createTokenWithIAM(.refreshToken):
            "the login probably belongs to another region than \(region): check `region`; the refresh token is kept"
        case .startDeviceAuthorization: "check `start_url`, and that \(region) is the region of IAM Identity Center"
        case .registerClient: "check `scopes` and `start_url`"
        case .createTokenWithIAM(.jwtBearer): "check what `assertion` gives"
        case .createTokenWithIAM(.tokenExchange): "check `subject_token` and the types of tokens"
        case .createToken, .createTokenWithIAM: nil
        }
    }

    private func regionRemedy(_ configured: Region) -> String {
        let place =
            switch (region, endpoint) {
            case (let region?, let endpoint?): "\(region) (\(endpoint))"
            case (let place?, nil), (nil, let place?): place
            case (nil, nil): "another region"
            }
        return "the token is good in \(place) only, and not in \(configured): set `region`"
    }

    private func invalidGrantRemedy(_ operation: Operation, _ region: Region) -> String {
        switch operation {
        case .createToken(.refreshToken): "the session at AWS has ended: log in again"
        case .createTokenWithIAM(.refreshToken): "the refresh token is no longer accepted"
        case .createTokenWithIAM(.jwtBearer):
            "the application does not accept the assertion: it must trust its issuer and audience, and know the user"
        case .createTokenWithIAM(.tokenExchange): "the application does not accept the subject token"
        default: "begin the login anew; if it fails again, check that \(region) is the region of IAM Identity Center"
        }
    }

    private func expiredTokenRemedy(_ operation: Operation) -> String {
        switch operation.grantType {
        case .jwtBearer: "the assertion has expired"
        case .tokenExchange: "the subject token has expired"
        case .refreshToken: "if it stays so, log in again"
        default: "the code has expired: begin the login anew"
        }
    }

    private func accessDeniedRemedy(_ operation: Operation) -> String? {
        switch operation {
        case .createTokenWithIAM:
            "either the user is not assigned to the application, neither alone nor by a group, or the signing "
                + "credentials may not: \(Self.permissions)"
        default: nil
        }
    }

    private func invalidClientRemedy(_ operation: Operation, _ region: Region) -> String {
        switch operation {
        case .createTokenWithIAM: "`application` names none that is known in \(region)"
        case .createToken(.refreshToken): "the registration that this login was made with has ended: log in again"
        default: "the client's registration has ended: begin the login anew"
        }
    }

    private func unauthorizedClientRemedy(_ operation: Operation) -> String {
        operation.isSigned
            ? "the application does not allow this: check its grants, and `application`"
            : "the client's registration does not allow this: log in again"
    }

    private func keyRemedy(_ reason: String) -> String {
        let what =
            switch reason {
            case "KMS_AccessDeniedException": "may not be used: the key's policy must allow it"
            case "KMS_DisabledException": "is disabled: an administrator must enable it"
            case "KMS_InvalidStateException": "is in a state in which it cannot be used, such as awaiting deletion"
            case "KMS_NotFoundException": "does not exist any more"
            default: "cannot be used"
            }
        return "the KMS key of IAM Identity Center \(what) (\(reason))"
    }

    private static let permissions =
        "they need sso-oauth:CreateTokenWithIAM on it, and its actor policy must name them"

    private var isAboutKey: Bool { reason?.hasPrefix("KMS_") == true }

    private var isThrottled: Bool { statusFailure.code == "http_429" }

    private var retryAfter: Duration? { statusFailure.class.retryAfter }
}

extension Operation {
    fileprivate var grantType: GrantType? {
        switch self {
        case .registerClient, .startDeviceAuthorization: nil
        case .createToken(let grantType), .createTokenWithIAM(let grantType): grantType
        }
    }

    fileprivate var isSigned: Bool {
        guard case .createTokenWithIAM = self else { return false }
        return true
    }
}

extension EndpointReply {
    /// Returns when the service did what was asked. Of the secrets that were sent none is in what is thrown.
    func check(_ operation: Operation, in region: Region, withholding secrets: [Secret] = []) throws(Failure) {
        if let error = ServiceError(self, withholding: secrets) { throw error.failure(of: operation, in: region) }
        if let failure = statusFailure { throw failure }
    }
}
