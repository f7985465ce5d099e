import OAuth

/// The keys of an account at an OAuth 2.0 or OpenID Connect issuer.
enum OAuthKeys {
    static let issuer = Key("issuer", ValueForm.issuer, "the issuer's URL, where its metadata is found")
    static let tokenEndpoint = Key("token_endpoint", ValueForm.endpoint, "the URL that gives tokens")
    static let deviceAuthorizationEndpoint = Key(
        "device_authorization_endpoint",
        ValueForm.endpoint,
        "the URL at which a device login begins"
    )
    static let authorizationEndpoint = Key(
        "authorization_endpoint",
        ValueForm.endpoint,
        "the URL at which a login in the browser begins"
    )
    static let revocationEndpoint = Key("revocation_endpoint", ValueForm.endpoint, "the URL that revokes tokens")
    static let clientID = Key("client_id", ValueForm<String>.text(), "the name by which the issuer knows this client")
    static let clientSecret = Key("client_secret", ValueForm.secretSource, "where the client's secret comes from")
    static let clientAuth = Key(
        "client_auth",
        ValueForm<ClientAuthenticationMethod>.word("method of client authentication"),
        "how the client proves who it is"
    )
    static let flow = Key(
        "flow",
        ValueForm<OAuthProvider.Flow>.word("flow"),
        "how the account comes to its first token"
    )
    static let scopes = Key("scopes", ValueForm.list(of: .scopeToken), "what the token may be used for")
    static let audience = Key("audience", ValueForm.list(of: .text()), "what the token is for")
    static let resource = Key("resource", ValueForm.list(of: .resource), "what the token is for (RFC 8707)")
    static let caFile = Key("ca_file", ValueForm.path, "a file of trust anchors beside the system's")
    static let extra = Key(
        "extra",
        ValueForm.dictionary(of: .parameter),
        "more parameters of the authorization request"
    )

    static let all: [any DeclaredKey] = [
        issuer, tokenEndpoint, deviceAuthorizationEndpoint, authorizationEndpoint, revocationEndpoint, clientID,
        clientSecret, clientAuth, flow, scopes, audience, resource, caFile, extra,
    ]
}

extension ValueForm<String> {
    /// The URL of an issuer (RFC 8414 section 2).
    fileprivate static var issuer: ValueForm<String> {
        url { text throws(Failure) in _ = try Issuer(text) }
    }

    /// The URL of an endpoint: https, or anything on this machine itself.
    static var endpoint: ValueForm<String> {
        url { text throws(Failure) in _ = try EndpointAddress(text) }
    }

    private static func url(check: @escaping @Sendable (String) throws(Failure) -> Void) -> ValueForm<String> {
        text("a URL").map { text throws(Refusal) in
            do throws(Failure) {
                try check(text)
            } catch {
                throw Refusal(error.detail)
            }
            return text
        }
    }

    /// One scope: visible ASCII without quotes and backslashes (RFC 6749 section 3.3).
    static var scopeToken: ValueForm<String> {
        text("a scope").map { text throws(Refusal) in
            guard !text.contains(" ") else {
                throw Refusal("`\(text)` holds a space; write each scope as its own string")
            }
            guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) else {
                throw Refusal("`\(text)` holds a letter that no scope may hold")
            }
            return text
        }
    }

    /// The absolute URI of a resource, without a fragment (RFC 8707 section 2).
    fileprivate static var resource: ValueForm<String> {
        text("a URI").map { text throws(Refusal) in
            let scheme = text.prefix { $0 != ":" }
            let isScheme = scheme.first?.isLetter == true && scheme.utf8.allSatisfy { isSchemeByte($0) }
            guard isScheme, scheme.endIndex != text.endIndex, !text.contains("#") else {
                throw Refusal("`\(text)` is not an absolute URI without a fragment, such as `https://api.example.com`")
            }
            return text
        }
    }

    /// The value of a parameter that the program does not set itself: a request may hold each only once (RFC 6749
    /// section 3.1).
    fileprivate static var parameter: ValueForm<String> {
        ValueForm { entry, reading in
            guard !parametersOfOurOwn.contains(entry.key) else {
                return reading.refuse(entry, "tokend sets this parameter itself")
            }
            return ValueForm.string().read(entry, &reading)
        }
    }
}

private let parametersOfOurOwn: Set<String> = [
    "client_assertion", "client_assertion_type", "client_id", "client_secret", "code_challenge",
    "code_challenge_method",
    "redirect_uri", "response_type", "scope", "state",
]

/// RFC 3986 section 3.1.
private func isSchemeByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
        true
    default: false
    }
}
