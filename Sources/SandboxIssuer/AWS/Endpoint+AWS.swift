extension Endpoint {
    /// Which service an endpoint is of, and with it the form of its errors.
    enum Service: Sendable, Hashable {
        case oauth
        case oidc
        case portal
        case sts
    }

    var service: Service {
        switch self {
        case .metadata, .token, .deviceAuthorization, .verification, .revocation, .keySet, .userInfo, .unknown: .oauth
        case .registerClient, .startDeviceAuthorization, .authorize, .createToken, .createTokenWithIAM: .oidc
        case .getRoleCredentials, .listAccounts, .listAccountRoles, .logout: .portal
        case .assumeRole, .assumeRoleWithWebIdentity, .getCallerIdentity: .sts
        }
    }

    /// Whether tokens of a grant are made here.
    var issuesTokens: Bool { self == .token || self == .createToken || self == .createTokenWithIAM }

    /// The operation of AWS that a request asks for; `nil` when it is none.
    ///
    /// All services of AWS share the issuer's own address, so that one `AWS_ENDPOINT_URL` is enough. On the two paths
    /// that SSO-OIDC shares with OAuth, it speaks JSON, where OAuth has forms.
    init?(aws request: Request, issuerPath: String) {
        guard request.path.hasPrefix(issuerPath) else { return nil }
        let isJSON = request.contentType == "application/json"
        switch (request.method, request.path.dropFirst(issuerPath.count)) {
        case ("POST", "/client/register"): self = .registerClient
        case ("POST", "/device_authorization") where isJSON: self = .startDeviceAuthorization
        case ("POST", "/token") where request.query["aws_iam"] == "t": self = .createTokenWithIAM
        case ("POST", "/token") where isJSON: self = .createToken
        case ("GET", "/authorize"), ("POST", "/authorize"): self = .authorize
        case ("GET", "/federation/credentials"): self = .getRoleCredentials
        case ("GET", "/assignment/accounts"): self = .listAccounts
        case ("GET", "/assignment/roles"): self = .listAccountRoles
        case ("POST", "/logout"): self = .logout
        case ("POST", "/"), ("POST", ""):
            guard let operation = request.form["Action"].flatMap(Endpoint.init), operation.service == .sts else {
                return nil
            }
            self = operation
        default: return nil
        }
    }
}
