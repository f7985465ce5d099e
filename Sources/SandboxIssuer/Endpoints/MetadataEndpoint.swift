extension IssuerMachine {
    /// The issuer's metadata (RFC 8414 section 3, OpenID Connect Discovery section 4).
    func metadata(_ request: Request) -> Response {
        guard request.method == "GET" else { return .methodNotAllowed(allowed: "GET") }
        let methods = ClientAuthenticationMethod.allCases.filter { method in
            configuration.clients.contains { $0.authentication.contains(method) }
        }
        return .json([
            "issuer": .string(configuration.issuerURL),
            "token_endpoint": .string(url(of: .token)),
            "device_authorization_endpoint": .string(url(of: .deviceAuthorization)),
            "revocation_endpoint": .string(url(of: .revocation)),
            "jwks_uri": .string(url(of: .keySet)),
            "userinfo_endpoint": .string(url(of: .userInfo)),
            "grant_types_supported": .strings(GrantType.allCases.filter(GrantType.oauth.contains).map(\.rawValue)),
            "response_types_supported": [],
            "scopes_supported": ["openid", "offline_access"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": .strings(methods.map(\.rawValue)),
            "revocation_endpoint_auth_methods_supported": .strings(methods.map(\.rawValue)),
        ])
    }

    func url(of endpoint: Endpoint) -> String { configuration.issuerURL + (endpoint.path ?? "") }
}
