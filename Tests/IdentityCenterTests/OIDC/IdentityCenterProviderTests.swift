import Crypto
import FoundationEssentials
import HTTPTypes
import IdentityCenter
import OAuth
import Testing

@Suite("The provider for IAM Identity Center")
struct IdentityCenterProviderTests {
    private static let none = Ingredients(now: Scene.now)
    private static let registered = Ingredients(now: Scene.now, clientRegistration: Scene.client)
    private static let callback = "http://127.0.0.1:49152/oauth/callback"

    @Test("has its words")
    func words() throws {
        let provider = try Scene.provider()
        #expect(provider.name == "aws-identity-center")
        #expect(provider.issuer == "https://corp.awsapps.com/start")
        #expect(provider.source == nil)
        #expect(provider.revokedToken == .accessToken)
        #expect(provider.loginFlows == [.device, .browser])
        #expect(try Scene.provider { $0.flow = .browser }.loginFlows == [.browser, .device])
    }

    @Test("needs a registered client to begin a login, and for nothing else (behaviour 15)")
    func ingredients() throws {
        let provider = try Scene.provider()
        for flow in LoginFlow.allCases {
            #expect(provider.ingredients(for: .login(flow)) == [.clientRegistration(flow)])
            #expect(provider.ingredients(for: .loginCompletion(flow)).isEmpty)
            #expect(provider.ingredients(for: .registration(flow)).isEmpty)
        }
        #expect(provider.ingredients(for: .renewal(.refreshToken(Secret("r")))).isEmpty)
        #expect(provider.ingredients(for: .revocation).isEmpty)
    }

    @Test("registers one client a flow, and never mixes their grants (behaviours 16 and 19)")
    func registrations() throws {
        let provider = try Scene.provider()
        let device = try provider.registrationRequest(for: .device, with: Self.none)
        #expect(device.address == "https://oidc.us-east-1.amazonaws.com/client/register")
        #expect(device.head.headerFields[.contentType] == "application/json")
        #expect(device.head.headerFields[.authorization] == nil)
        #expect(
            try device.json
                == JSON(#"{"clientName": "tokend", "clientType": "public", "scopes": ["sso:account:access"]}"#)
        )
        let browser = try provider.registrationRequest(for: .browser, with: Self.none)
        let expected = """
            {"clientName": "tokend", "clientType": "public", "scopes": ["sso:account:access"],
             "grantTypes": ["authorization_code", "refresh_token"],
             "redirectUris": ["http://127.0.0.1/oauth/callback"], "issuerUrl": "https://corp.awsapps.com/start"}
            """
        #expect(try browser.json == JSON(expected))
    }

    @Test("always registers a scope (behaviour 17)", arguments: [[], ["a", "b"]])
    func scope(configured: [String]) throws {
        let configuration = IdentityCenterProvider.Configuration(
            startURL: "https://corp.awsapps.com/start",
            scope: Scope(configured),
            oidc: try Scene.oidc(),
            portal: try Scene.portal()
        )
        let provider = IdentityCenterProvider(configuration)
        let scopes = configured.isEmpty ? ["sso:account:access"] : configured
        #expect(provider.scope.tokens == scopes)
        for flow in LoginFlow.allCases {
            let request = try provider.registrationRequest(for: flow, with: Self.none)
            #expect(try request.json.members["scopes"] == .list(scopes.map(JSON.text)))
        }
    }

    @Test("logs in by device with the client that began it")
    func device() throws {
        let provider = try Scene.provider()
        let start = try provider.deviceAuthorizationRequest(with: Self.registered)
        #expect(start.address == "https://oidc.us-east-1.amazonaws.com/device_authorization")
        let startBody = """
            {"clientId": "client-1", "clientSecret": "canary-client-secret",
             "startUrl": "https://corp.awsapps.com/start"}
            """
        #expect(try start.json == JSON(startBody))
        let reply = Scene.reply(
            200,
            #"{"deviceCode": "d", "userCode": "u", "verificationUri": "https://a.example", "expiresIn": 600}"#
        )
        let authorization = try provider.readDeviceAuthorization(reply, with: Self.registered)
        #expect(authorization.client == Scene.client)
        let poll = try provider.devicePoll(authorization, with: Self.none)
        #expect(poll.address == "https://oidc.us-east-1.amazonaws.com/token")
        let pollBody = """
            {"clientId": "client-1", "clientSecret": "canary-client-secret", "deviceCode": "d",
             "grantType": "urn:ietf:params:oauth:grant-type:device_code"}
            """
        #expect(try poll.json == JSON(pollBody))
    }

    @Test("opens AWS's page in a browser with a proof key's challenge (behaviour 20)")
    func authorization() throws {
        let key = ProofKey(randomBytes: Array(0..<32))
        let request = AuthorizationRequest(redirectURI: Self.callback, state: Secret("st+te"), proofKey: key)
        let provider = try Scene.provider { $0.scope = Scope(["sso:account:access", "x y+z"]) }
        let address = try provider.authorizationURI(request, with: Self.registered)
        #expect(
            address == "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=client-1"
                + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A49152%2Foauth%2Fcallback&state=st%2Bte"
                + "&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess%20x%20y%2Bz"
                + "&code_challenge=\(key.challenge)"
        )
        let verifier = key.verifier.revealText()
        #expect((43...128).contains(verifier.count))
        #expect(verifier.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~".contains($0)) })
        let hash = Data(SHA256.hash(data: Array(verifier.utf8))).base64EncodedString()
        #expect(key.challenge == hash.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""))
        #expect(!address.contains(verifier))
    }

    @Test("exchanges a code with the redirect address of its login, to the byte (behaviour 19)")
    func code() throws {
        let code = AuthorizationCode(
            code: Secret("c"),
            redirectURI: Self.callback,
            verifier: Secret("v"),
            client: Scene.client
        )
        let request = try Scene.provider().codeExchange(code, with: Self.none)
        let body = """
            {"clientId": "client-1", "clientSecret": "canary-client-secret", "grantType": "authorization_code",
             "code": "c", "redirectUri": "http://127.0.0.1:49152/oauth/callback", "codeVerifier": "v"}
            """
        #expect(try request.json == JSON(body))
        let reply = Scene.reply(200, #"{"accessToken": "a", "refreshToken": "r", "expiresIn": 60}"#)
        #expect(try Scene.provider().readCodeExchange(reply).refreshToken == Secret("r"))
    }

    @Test("refreshes with the client that the refresh token was issued to, and no other (behaviour 15)")
    func refresh() throws {
        let renewal = Renewal.refreshToken(Secret("r"), client: Scene.client)
        var other = Self.none
        other.clientRegistration = ClientRegistration(clientID: "client-2", clientSecret: Secret("s"))
        let request = try Scene.provider().request(renewal, .standard, with: other)
        let body = """
            {"clientId": "client-1", "clientSecret": "canary-client-secret", "grantType": "refresh_token",
             "refreshToken": "r"}
            """
        #expect(try request.json == JSON(body))
        #expect(request.address == "https://oidc.us-east-1.amazonaws.com/token")
    }

    /// What comes of a refresh for which the registration at hand is no use.
    private func refreshRefusal(_ provider: IdentityCenterProvider, client: ClientRegistration?) -> Failure? {
        refusal { () throws(Failure) in
            try provider.request(.refreshToken(Secret("r"), client: client), .standard, with: Self.registered)
        }
    }

    @Test("without the client of what it has says so, and sends nothing (behaviour 15)")
    func noClient() throws {
        let provider = try Scene.provider()
        let authorization = DeviceAuthorization(
            deviceCode: Secret("d"),
            userCode: "u",
            verificationURI: "https://a.example",
            lifetime: .seconds(60)
        )
        let request = AuthorizationRequest(
            redirectURI: Self.callback,
            state: Secret("s"),
            proofKey: ProofKey(randomBytes: [1])
        )
        let bare = ClientRegistration(clientID: "client-1")
        let failures = [
            refreshRefusal(provider, client: nil), refreshRefusal(provider, client: bare),
            refusal { () throws(Failure) in try provider.devicePoll(authorization, with: Self.registered) },
            refusal { () throws(Failure) in
                try provider.codeExchange(AuthorizationCode(code: Secret("c")), with: Self.registered)
            },
            refusal { () throws(Failure) in try provider.deviceAuthorizationRequest(with: Self.none) },
            refusal { () throws(Failure) in try provider.authorizationURI(request, with: Self.none) },
        ]
        for failure in failures {
            #expect(failure?.class == .misconfigured)
            #expect(failure?.code == "no_client_registration")
            #expect(failure?.detail.hasSuffix("log in again") == true)
        }
    }

    @Test("has one token a login: AWS ignores a scope here")
    func variants() throws {
        let provider = try Scene.provider()
        let renewal = Renewal.refreshToken(Secret("r"), client: Scene.client)
        for variant in [
            TokenVariant(scope: Scope(["x"])), TokenVariant(audience: ["x"]), TokenVariant(resource: ["x"]),
        ] {
            let failure = refusal { () throws(Failure) in try provider.request(renewal, variant, with: Self.none) }
            #expect(failure?.class == .variantRefused)
        }
        let same = TokenVariant(scope: provider.scope)
        #expect(try !provider.request(renewal, same, with: Self.none).json.members.keys.contains("scope"))
        for other in [Renewal.clientCredentials, .assertion, .subjectToken] {
            let failure = refusal { () throws(Failure) in try provider.request(other, .standard, with: Self.none) }
            #expect(failure?.code == "unsupported")
        }
    }

    @Test("reads a refused refresh without repeating what was sent (behaviours 13 and 14)")
    func refusedRefresh() throws {
        let provider = try Scene.provider()
        let renewal = Renewal.refreshToken(Secret("canary-refresh-token"), client: Scene.client)
        for (word, failureClass) in [("invalid_grant", Failure.Class.grantEnded), ("invalid_request", .misconfigured)] {
            let body = #"{"error":"\#(word)","error_description":"canary-refresh-token canary-client-secret"}"#
            let failure = refusal { () throws(Failure) in try provider.read(Scene.reply(400, body), to: renewal) }
            #expect(failure?.class == failureClass)
            #expect(failure?.code == word)
            #expect(failure?.detail.hasPrefix("[secret] [secret]; ") == true)
            #expect(failure?.detail.contains("canary") == false)
        }
    }

    @Test("has a client that AWS forgot registered anew, and corrects nothing else (behaviour 15)")
    func correction() throws {
        let provider = try Scene.provider()
        #expect(
            provider.correction(after: Scene.error("InvalidClientException", "invalid_client", status: 401))
                == .freshRegistration
        )
        for (name, word) in [
            ("InvalidGrantException", "invalid_grant"), ("InvalidRequestRegionException", "invalid_request"),
            ("SlowDownException", "slow_down"),
        ] {
            #expect(provider.correction(after: Scene.error(name, word)) == nil)
        }
        #expect(provider.correction(after: Scene.reply(401, "")) == nil)
        #expect(provider.correction(after: Scene.reply(200, #"{"error":"invalid_client"}"#)) == nil)
    }

    @Test("logs out at the portal, where a session that is over already is as good")
    func revocation() throws {
        let provider = try Scene.provider { $0.portal = try Scene.portal("eu-west-1") }
        let request = try #require(try provider.revocation(of: Secret("canary"), with: Self.none))
        #expect(request.address == "https://portal.sso.eu-west-1.amazonaws.com/logout")
        #expect(request.head.method == .post && request.body.isEmpty)
        let name = try #require(HTTPField.Name("x-amz-sso_bearer_token"))
        #expect(request.head.headerFields[name] == "canary")
        let over = #"{"message":"Session token not found or invalid","__type":"a#UnauthorizedException"}"#
        for reply in [Scene.reply(200, ""), Scene.reply(401, over)] {
            #expect(throws: Never.self) { try provider.readRevocation(reply) }
        }
        #expect(throws: Failure.self) { try provider.readRevocation(Scene.reply(503, "")) }
    }

    private typealias Change = (inout IdentityCenterProvider.Configuration) throws -> Void

    /// The fingerprint of an account with a change.
    private func fingerprint(_ change: Change) throws -> String {
        try Scene.provider(change).fingerprint
    }

    @Test("belongs to another login after a change of start URL, region or endpoint, and of nothing else")
    func fingerprints() throws {
        let original = try fingerprint { _ in }
        #expect(
            original == "provider=aws-identity-center&start_url=https%3A%2F%2Fcorp.awsapps.com%2Fstart&region=us-east-1"
        )
        let changes: [Change] = [
            { $0.startURL = "https://corp.awsapps.com/start/" }, { $0.oidc = try Scene.oidc("us-east-2") },
            { $0.oidc = try Scene.oidc(override: "https://a.example") },
            { $0.oidc = try Scene.oidc(override: "https://b.example") },
            { $0.portal = try Endpoint(.portal, in: Region("us-east-1"), override: "https://a.example") },
        ]
        #expect(Set(try changes.map(fingerprint) + [original]).count == changes.count + 1)
        let fips = AWSEnvironment(["AWS_USE_FIPS_ENDPOINT": "true"])
        let others: [Change] = [
            { $0.scope = Scope(["a"]) }, { $0.flow = .browser },
            { $0.oidc = try Endpoint(.oidc, in: Region("us-east-1"), environment: fips) },
        ]
        for change in others { #expect(try fingerprint(change) == original) }
    }
}
