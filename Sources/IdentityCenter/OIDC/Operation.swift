/// What is given for tokens, by its name on the wire (RFC 6749, 7523, 8628, 8693).
package enum GrantType: String, Sendable, Hashable, CaseIterable {
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
    case jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    case tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
}

/// One of the four operations of SSO-OIDC (version 2019-06-10), with what is given for tokens: the same error means
/// another thing to each.
package enum Operation: Sendable, Hashable {
    case registerClient
    case startDeviceAuthorization
    case createToken(GrantType)
    case createTokenWithIAM(GrantType)
}
