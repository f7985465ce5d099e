import HTTPTypes
import OAuth
import Testing

@Suite("The OAuth provider")
struct OAuthProviderTests {
    private typealias Configuration = OAuthProvider.Configuration

    private static let metadata = IssuerMetadata(
        issuer: "https://example.com",
        tokenEndpoint: "https://example.com/published/token",
        deviceAuthorizationEndpoint: "https://example.com/published/device",
        revocationEndpoint: "https://example.com/published/revoke"
    )

    private static let published = Ingredients(now: .example, issuerMetadata: metadata)

    private static let discovered = Configuration(issuer: "https://example.com", clientID: "abc")

    /// The discovered configuration with a change.
    private func provider(_ change: (inout Configuration) -> Void = { _ in }) -> OAuthProvider {
        var configuration = Self.discovered
        change(&configuration)
        return OAuthProvider(configuration)
    }

    @Test("has the configuration's words for its flows")
    func words() {
        #expect(OAuthProvider.Flow.allCases.map(\.rawValue) == ["device", "client_credentials"])
        #expect(provider().name == "oauth")
    }

    @Test("is known by its issuer, or by where its token endpoint is")
    func issuer() {
        #expect(provider().issuer == "https://example.com")
        let configured = provider {
            $0.issuer = nil
            $0.tokenEndpoint = "https://login.example.com:8443/oauth/token"
        }
        #expect(configured.issuer == "https://login.example.com:8443")
    }

    @Test("needs no person only with the client's own credentials")
    func source() {
        #expect(provider().source == nil)
        #expect(provider { $0.flow = .clientCredentials }.source == .clientCredentials)
    }

    @Test("asks for metadata while it lacks an endpoint, and for the secret while it uses one")
    func ingredients() {
        let metadata = Ingredient.issuerMetadata(issuer: "https://example.com", caFile: "/ca.pem")
        let secret = Ingredient.clientSecret(.file(path: "/secret"))
        func needs(_ change: (inout Configuration) -> Void) -> [Ingredient] {
            provider {
                $0.caFile = "/ca.pem"
                change(&$0)
            }.ingredients(for: .renewal(.clientCredentials))
        }
        #expect(needs { _ in } == [metadata])
        #expect(needs { $0.tokenEndpoint = "https://a.example/token" } == [metadata])
        #expect(
            needs {
                $0.tokenEndpoint = "https://a.example/token"
                $0.deviceAuthorizationEndpoint = "https://a.example/device"
            } == []
        )
        #expect(
            needs {
                $0.tokenEndpoint = "https://a.example/token"
                $0.flow = .clientCredentials
            } == []
        )
        #expect(needs { $0.issuer = nil } == [])
        #expect(needs { $0.clientSecret = .file(path: "/secret") } == [metadata, secret])
        #expect(
            needs {
                $0.clientSecret = .file(path: "/secret")
                $0.clientAuthentication = ClientAuthenticationMethod.none
            } == [metadata]
        )
    }

    @Test("sends its requests to the published endpoints")
    func publishedEndpoints() throws {
        let provider = provider { $0.caFile = "/ca.pem" }
        let authorization = DeviceAuthorization(
            deviceCode: Secret("code"),
            userCode: "A",
            verificationURI: "https://example.com/device",
            lifetime: .seconds(60)
        )
        let requests = [
            try provider.request(.refreshToken(Secret("r")), .standard, with: Self.published),
            try provider.deviceAuthorizationRequest(with: Self.published),
            try provider.devicePoll(authorization, with: Self.published),
            try #require(try provider.revocation(of: Secret("r t"), with: Self.published)),
        ]
        let base = "https://example.com/published"
        #expect(requests.map(\.url) == ["\(base)/token", "\(base)/device", "\(base)/token", "\(base)/revoke"])
        #expect(
            requests.map(\.form) == [
                "grant_type=refresh_token&refresh_token=r&client_id=abc",
                "client_id=abc",
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=code&client_id=abc",
                "token=r+t&token_type_hint=refresh_token&client_id=abc",
            ]
        )
        #expect(requests.allSatisfy { $0.caFile == "/ca.pem" && $0.head.method == .post })
    }

    @Test("prefers the configured endpoints")
    func configuredEndpoints() throws {
        let provider = provider {
            $0.tokenEndpoint = "https://a.example/token"
            $0.deviceAuthorizationEndpoint = "https://a.example/device"
            $0.revocationEndpoint = "https://a.example/revoke"
        }
        #expect(
            try provider.request(.refreshToken(Secret("r")), .standard, with: Self.published).url
                == "https://a.example/token"
        )
        #expect(try provider.deviceAuthorizationRequest(with: Self.published).url == "https://a.example/device")
        #expect(
            try provider.revocation(of: Secret("r"), with: Self.published)?.url == "https://a.example/revoke"
        )
    }

    @Test("names the key that mends a missing endpoint")
    func missingEndpoints() throws {
        let bare = Ingredients(now: .example, issuerMetadata: IssuerMetadata(issuer: "https://example.com"))
        let noToken = try #require(
            failure { () throws(Failure) in
                try provider().request(.refreshToken(Secret("r")), .standard, with: bare)
            }
        )
        #expect(noToken.class == .misconfigured)
        #expect(noToken.detail.hasSuffix("configure token_endpoint"))
        let noDevice = try #require(
            failure { () throws(Failure) in try provider().deviceAuthorizationRequest(with: bare) }
        )
        #expect(noDevice.class == .misconfigured)
        #expect(noDevice.detail.hasSuffix("configure device_authorization_endpoint"))
        #expect(try provider().revocation(of: Secret("r"), with: bare) == nil)
    }

    @Test("sends no credential to an endpoint that is not https, whoever named it")
    func insecureEndpoints() {
        let published = Ingredients(
            now: .example,
            issuerMetadata: IssuerMetadata(issuer: "https://example.com", tokenEndpoint: "http://example.com/token")
        )
        let configured = provider { $0.tokenEndpoint = "http://example.com/token" }
        for (provider, ingredients) in [(provider(), published), (configured, Self.published)] {
            let failure = failure { () throws(Failure) in
                try provider.request(.refreshToken(Secret("r")), .standard, with: ingredients)
            }
            #expect(failure?.code == "invalid_address")
        }
    }

    @Test("asks for the configured scope where no refresh token stands for it")
    func scope() throws {
        let provider = provider {
            $0.flow = .clientCredentials
            $0.scope = Scope(["write", "read"])
        }
        func form(_ renewal: Renewal, _ variant: TokenVariant = .standard) throws -> String {
            try provider.request(renewal, variant, with: Self.published).form
        }
        let narrow = TokenVariant(scope: Scope(["read"]))
        #expect(try form(.clientCredentials) == "grant_type=client_credentials&scope=write+read&client_id=abc")
        #expect(try form(.clientCredentials, narrow) == "grant_type=client_credentials&scope=read&client_id=abc")
        #expect(
            try form(.refreshToken(Secret("r"))) == "grant_type=refresh_token&refresh_token=r&client_id=abc"
        )
        #expect(
            try form(.refreshToken(Secret("r")), narrow)
                == "grant_type=refresh_token&refresh_token=r&scope=read&client_id=abc"
        )
        #expect(
            try provider.deviceAuthorizationRequest(with: Self.published).form == "scope=write+read&client_id=abc"
        )
    }

    @Test("sends the configured audience and resource unless the variant has its own")
    func targets() throws {
        let provider = provider {
            $0.audience = ["y", "x"]
            $0.resource = ["urn:r"]
        }
        func form(_ renewal: Renewal, _ variant: TokenVariant) throws -> String {
            try provider.request(renewal, variant, with: Self.published).form
        }
        #expect(
            try form(.clientCredentials, .standard)
                == "grant_type=client_credentials&audience=x&audience=y&resource=urn%3Ar&client_id=abc"
        )
        #expect(
            try form(.refreshToken(Secret("r")), TokenVariant(audience: ["z"]))
                == "grant_type=refresh_token&refresh_token=r&audience=z&resource=urn%3Ar&client_id=abc"
        )
        #expect(
            try form(.refreshToken(Secret("r")), TokenVariant(resource: ["urn:s", "urn:t"]))
                == "grant_type=refresh_token&refresh_token=r&audience=x&audience=y"
                + "&resource=urn%3As&resource=urn%3At&client_id=abc"
        )
        #expect(
            try provider.deviceAuthorizationRequest(with: Self.published).form
                == "audience=x&audience=y&resource=urn%3Ar&client_id=abc"
        )
    }

    @Test("authenticates as configured, else as the metadata says")
    func authentication() throws {
        func request(
            _ method: ClientAuthenticationMethod?,
            offered: [String] = ["client_secret_basic"]
        ) throws -> EndpointRequest {
            let provider = provider {
                $0.clientSecret = .environment(name: "X")
                $0.clientAuthentication = method
            }
            var ingredients = Self.published
            ingredients.issuerMetadata?.tokenEndpointAuthMethods = offered
            ingredients.clientSecret = Secret("s")
            return try provider.request(.refreshToken(Secret("r")), .standard, with: ingredients)
        }
        let refresh = "grant_type=refresh_token&refresh_token=r"
        let basic = try request(nil)
        #expect(basic.head.headerFields[.authorization] == "Basic YWJjOnM=")
        #expect(basic.form == refresh)
        #expect(try request(nil, offered: ["client_secret_post"]).form == refresh + "&client_id=abc&client_secret=s")
        #expect(try request(.basic, offered: ["client_secret_post"]).form == refresh)
        #expect(try request(.post).form == refresh + "&client_id=abc&client_secret=s")
        #expect(try request(ClientAuthenticationMethod.none).form == refresh + "&client_id=abc")
        #expect(try request(.post).head.headerFields[.authorization] == nil)
    }

    @Test("names the client in a device authorization even when it authenticates by header")
    func deviceAuthorizationOfConfidentialClient() throws {
        let provider = provider { $0.clientSecret = .environment(name: "X") }
        var ingredients = Self.published
        ingredients.clientSecret = Secret("s")
        let request = try provider.deviceAuthorizationRequest(with: ingredients)
        #expect(request.form == "client_id=abc")
        #expect(request.head.headerFields[.authorization] == "Basic YWJjOnM=")
    }

    @Test("without the secret that it needs says so")
    func missingSecret() {
        let provider = provider { $0.clientAuthentication = .post }
        let failure = failure { () throws(Failure) in
            try provider.request(.clientCredentials, .standard, with: Self.published)
        }
        #expect(failure?.code == "no_client_secret")
    }

    @Test("reads invalid_grant as the end of a login only in answer to a refresh")
    func invalidGrant() {
        let reply = EndpointReply.example(400, #"{"error": "invalid_grant"}"#)
        func failureClass(_ renewal: Renewal) -> Failure.Class? {
            failure { () throws(Failure) in try provider().read(reply, to: renewal) }?.class
        }
        #expect(failureClass(.refreshToken(Secret("r"))) == .grantEnded)
        #expect(failureClass(.clientCredentials) == .misconfigured)
    }

    @Test("takes any success for a revocation, also of a token that the issuer never knew")
    func revocation() {
        func failureClass(_ status: Int, _ body: String) -> Failure.Class? {
            failure { () throws(Failure) in
                try provider().readRevocation(.example(status, body, [.retryAfter: "60"]))
            }?.class
        }
        #expect(failureClass(200, "") == nil)
        #expect(failureClass(204, "") == nil)
        #expect(failureClass(400, #"{"error": "unsupported_token_type"}"#) == .misconfigured)
        #expect(failureClass(503, "") == .temporary(.unknown, retryAfter: .seconds(60)))
    }

    @Test("belongs to another login after a change of issuer, endpoint or client, and of nothing else")
    func fingerprint() {
        let original = provider().fingerprint
        #expect(original == "provider=oauth&issuer=https%3A%2F%2Fexample.com&client_id=abc")
        let changes: [(inout Configuration) -> Void] = [
            { $0.issuer = "https://example.com/" }, { $0.issuer = nil },
            { $0.tokenEndpoint = "https://example.com/x" },
            { $0.deviceAuthorizationEndpoint = "https://example.com/x" },
            { $0.revocationEndpoint = "https://example.com/x" }, { $0.clientID = "abd" },
            { $0.clientID = "abc&issuer=https://example.com" },
        ]
        let changed = changes.map { provider($0).fingerprint }
        #expect(Set(changed + [original]).count == changes.count + 1)
        let others: [(inout Configuration) -> Void] = [
            { $0.scope = Scope(["a"]) }, { $0.clientSecret = .inline(Secret("canary")) }, { $0.caFile = "/ca" },
            { $0.clientAuthentication = .post }, { $0.audience = ["a"] }, { $0.resource = ["a"] },
        ]
        for change in others { #expect(provider(change).fingerprint == original) }
    }
}
