/// A request for tokens: what is given for them, and which token is wanted (RFC 6749 section 4).
package struct TokenRequest: Sendable, Hashable {
    /// What is given for the tokens.
    package enum Grant: Sendable, Hashable {
        /// RFC 6749 section 6.
        case refreshToken(Secret)
        /// RFC 6749 section 4.4.
        case clientCredentials
        /// RFC 8628 section 3.4.
        case deviceCode(Secret)
    }

    package var grant: Grant
    /// What of it is empty is not sent: the issuer then gives what the grant stands for.
    package var variant: TokenVariant

    package init(_ grant: Grant, variant: TokenVariant = .standard) {
        self.grant = grant
        self.variant = variant
    }

    /// The request's parameters, the client's own excepted.
    package var form: Form {
        var form = Form()
        switch grant {
        case .refreshToken(let token):
            form.append("grant_type", "refresh_token")
            form.append("refresh_token", token)
        case .clientCredentials:
            form.append("grant_type", "client_credentials")
        case .deviceCode(let code):
            form.append("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
            form.append("device_code", code)
        }
        form.append(variant)
        return form
    }
}

extension Form {
    /// Adds `scope`, and `audience` and `resource` once a value (RFC 8707 section 2), in the order of their text so that
    /// equal requests have equal bytes.
    package mutating func append(_ variant: TokenVariant) {
        if !variant.scope.isEmpty { append("scope", variant.scope.wire) }
        for audience in variant.audience.sorted() { append("audience", audience) }
        for resource in variant.resource.sorted() { append("resource", resource) }
    }
}
