import OAuth

extension ProviderSchema {
    /// Any OAuth 2.0 or OpenID Connect issuer.
    static let oauth = ProviderSchema(name: "oauth", keys: OAuthKeys.all) { account, reading in
        OAuthSettings(account, &reading).map(ProviderSettings.oauth)
    }
}

extension OAuthSettings {
    /// Reads an account's table; notes what is wrong with single values and with their combination.
    fileprivate init?(_ account: Table, _ reading: inout Reading) {
        let clientID = reading.requiredValue(of: OAuthKeys.clientID, in: account)
        configuration = OAuthProvider.Configuration(
            issuer: reading.value(of: OAuthKeys.issuer, in: account),
            tokenEndpoint: reading.value(of: OAuthKeys.tokenEndpoint, in: account),
            deviceAuthorizationEndpoint: reading.value(of: OAuthKeys.deviceAuthorizationEndpoint, in: account),
            revocationEndpoint: reading.value(of: OAuthKeys.revocationEndpoint, in: account),
            clientID: clientID ?? "",
            clientSecret: reading.value(of: OAuthKeys.clientSecret, in: account),
            clientAuthentication: reading.value(of: OAuthKeys.clientAuth, in: account),
            flow: reading.value(of: OAuthKeys.flow, in: account) ?? .device,
            scope: Scope(reading.value(of: OAuthKeys.scopes, in: account) ?? []),
            audience: reading.value(of: OAuthKeys.audience, in: account) ?? [],
            resource: reading.value(of: OAuthKeys.resource, in: account) ?? [],
            caFile: reading.value(of: OAuthKeys.caFile, in: account)
        )
        authorizationEndpoint = reading.value(of: OAuthKeys.authorizationEndpoint, in: account)
        extra = reading.value(of: OAuthKeys.extra, in: account) ?? [:]
        checkEndpoints(account, &reading)
        checkSecret(account, &reading)
        guard clientID != nil else { return nil }
    }

    /// Where the issuer is not named, its endpoints must be.
    private func checkEndpoints(_ account: Table, _ reading: inout Reading) {
        guard !account.holds(OAuthKeys.issuer) else { return }
        guard let tokenEndpoint = account[OAuthKeys.tokenEndpoint.name] else {
            reading.fail(
                at: account.position,
                "`issuer` is missing in [\(account.name)]: \(OAuthKeys.issuer.doc); or give `token_endpoint`"
            )
            return
        }
        let flow = account[OAuthKeys.flow.name]
        if configuration.flow == .device, !account.holds(OAuthKeys.deviceAuthorizationEndpoint) {
            reading.fail(
                at: (flow ?? tokenEndpoint).position,
                "the flow `device` needs `device_authorization_endpoint` in [\(account.name)], or `issuer`"
            )
        }
    }

    /// Where the client proves itself by a secret, there must be one.
    private func checkSecret(_ account: Table, _ reading: inout Reading) {
        guard !account.holds(OAuthKeys.clientSecret) else { return }
        if let entry = account[OAuthKeys.clientAuth.name] {
            guard let method = configuration.clientAuthentication, method != .none else { return }
            reading.fail(at: entry.position, "`client_auth`: `\(method.rawValue)` needs a `client_secret`")
        } else if let entry = account[OAuthKeys.flow.name], configuration.flow == .clientCredentials {
            reading.fail(
                at: entry.position,
                "`flow`: `client_credentials` needs a `client_secret`, or `client_auth` = `none`"
            )
        }
    }
}
