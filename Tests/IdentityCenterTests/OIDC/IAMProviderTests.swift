import HTTPTypes
import IdentityCenter
import OAuth
import Testing

@Suite("The provider for CreateTokenWithIAM")
struct IAMProviderTests {
    private static let source = AssertionSource.account(name: "feeder", kind: .idToken)
    private static let jwtBearer = IAMProvider.Grant.jwtBearer(assertion: source)
    private static let refresh = Renewal.refreshToken(Secret("canary-refresh-token"))

    private func ingredients(_ correction: Correction? = nil) -> Ingredients {
        Ingredients(
            now: Scene.now,
            assertion: Secret("canary-assertion"),
            signingCredentials: Scene.credentials,
            correction: correction
        )
    }

    /// The scope of the signature, as `date/region/service/aws4_request`.
    private func signatureScope(_ request: EndpointRequest) throws -> String {
        let authorization = try #require(request.head.headerFields[.authorization])
        let credential = try #require(authorization.split(separator: " ").first { $0.hasPrefix("Credential=") })
        return credential.split(separator: "/").dropFirst().joined(separator: "/")
    }

    @Test("has its words")
    func words() throws {
        let provider = try Scene.application()
        #expect(provider.name == "aws-identity-center-iam")
        #expect(provider.issuer == "https://oidc.us-east-1.amazonaws.com")
        #expect(provider.loginFlows.isEmpty)
        #expect(
            IAMProvider.Flow.allCases.map(\.rawValue)
                == ["jwt_bearer", "token_exchange", "authorization_code", "refresh_token"]
        )
    }

    @Test("renews from its own source where its flow has one (behaviour 35)")
    func source() throws {
        #expect(try Scene.application(Self.jwtBearer).source == .assertion)
        #expect(try Scene.application(.tokenExchange(subjectToken: Self.source)).source == .subjectToken)
        #expect(try Scene.application(.authorizationCode).source == nil)
        #expect(try Scene.application(.refreshToken).source == nil)
    }

    @Test("asks for its source only when it goes back to it, and always for what signs (behaviour 35)")
    func needs() throws {
        let signer = Ingredient.signingCredentials(.profile("ops"))
        for (grant, own) in [
            (Self.jwtBearer, Renewal.assertion), (.tokenExchange(subjectToken: Self.source), .subjectToken),
        ] {
            let provider = try Scene.application(grant) { $0.credentials = .profile("ops") }
            #expect(provider.ingredients(for: .renewal(own)) == [.assertion(Self.source), signer])
            #expect(provider.ingredients(for: .renewal(Self.refresh)) == [signer])
            #expect(provider.ingredients(for: .revocation).isEmpty)
        }
        let provider = try Scene.application(.authorizationCode) { $0.credentials = .profile("ops") }
        #expect(provider.ingredients(for: .loginCompletion(.browser)) == [signer])
        #expect(provider.ingredients(for: .login(.browser)).isEmpty)
    }

    /// What a request of the account asks for.
    private func askedScope(
        _ provider: IAMProvider,
        _ renewal: Renewal,
        _ variant: TokenVariant = .standard
    ) throws -> JSON? {
        let request = try provider.request(renewal, variant, with: ingredients())
        return try request.json.members["scope"]
    }

    @Test("asks its source for the configured scope; a refresh token stands for its own")
    func scope() throws {
        let provider = try Scene.application(Self.jwtBearer) { $0.scope = Scope(["openid", "aws"]) }
        let narrow = TokenVariant(scope: Scope(["aws"]))
        #expect(try askedScope(provider, .assertion) == .list([.text("openid"), .text("aws")]))
        #expect(try askedScope(provider, .assertion, narrow) == .list([.text("aws")]))
        #expect(try askedScope(provider, Self.refresh) == nil)
        #expect(try askedScope(provider, Self.refresh, narrow) == .list([.text("aws")]))
        for variant in [TokenVariant(audience: ["x"]), TokenVariant(resource: ["x"])] {
            let failure = refusal { () throws(Failure) in
                try provider.request(.assertion, variant, with: ingredients())
            }
            #expect(failure?.class == .variantRefused)
        }
    }

    @Test("says what is missing, and that nothing was sent")
    func missing() throws {
        let provider = try Scene.application(Self.jwtBearer)
        var unsigned = ingredients()
        unsigned.signingCredentials = nil
        var unfed = ingredients()
        unfed.assertion = nil
        for (renewal, ingredients) in [(Self.refresh, unsigned), (.assertion, unfed)] {
            let failure = refusal { () throws(Failure) in
                try provider.request(renewal, .standard, with: ingredients)
            }
            #expect(failure?.class == .temporary(.notSent))
        }
        for renewal in [Renewal.subjectToken, .clientCredentials] {
            let failure = refusal { () throws(Failure) in
                try provider.request(renewal, .standard, with: ingredients())
            }
            #expect(failure?.code == "unsupported")
        }
    }

    @Test("goes to another region only where AWS's own host of the partition is named (behaviour 1)")
    func region() throws {
        func reply(_ endpoint: String, _ region: String) -> EndpointReply {
            let more = #","endpoint":"\#(endpoint)","region":"\#(region)""#
            return Scene.error("InvalidRequestRegionException", "invalid_request", more)
        }
        let provider = try Scene.application()
        let place = "https://oidc.eu-west-1.amazonaws.com"
        let correction = try #require(provider.correction(after: reply(place, "eu-west-1")))
        #expect(correction == .endpoint(place, region: "eu-west-1"))
        let request = try provider.request(Self.refresh, .standard, with: ingredients(correction))
        #expect(request.address == place + "/token?aws_iam=t")
        #expect(try signatureScope(request) == "20261123/eu-west-1/sso-oauth/aws4_request,")
        for (endpoint, region) in [
            ("http://oidc.eu-west-1.amazonaws.com", "eu-west-1"), ("https://oidc.evil.example", "eu-west-1"),
            ("https://oidc.cn-north-1.amazonaws.com.cn", "cn-north-1"), (place, "eu-west-2"), (place, ""),
        ] {
            #expect(provider.correction(after: reply(endpoint, region)) == nil)
            let forged = ingredients(.endpoint(endpoint, region: region))
            let request = try provider.request(Self.refresh, .standard, with: forged)
            #expect(request.head.authority == "oidc.us-east-1.amazonaws.com")
        }
        #expect(provider.correction(after: Scene.error("InvalidRequestException", "invalid_request")) == nil)
        let failure = refusal { () throws(Failure) in try provider.read(reply(place, "eu-west-1"), to: Self.refresh) }
        #expect(failure?.class == .misconfigured)
        #expect(failure?.detail.contains("eu-west-1 (\(place))") == true)
    }

    @Test(
        "has credentials that ended fetched anew, and keeps the refresh token (behaviour 34)",
        arguments: ["ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId"]
    )
    func credentials(name: String) throws {
        let provider = try Scene.application()
        let reply = Scene.reply(403, #"{"message":"The security token is expired"}"#, ["x-amzn-errortype": name])
        #expect(provider.correction(after: reply) == .freshCredentials)
        let failure = refusal { () throws(Failure) in try provider.read(reply, to: Self.refresh) }
        #expect(failure?.class == .temporary(.answered))
        #expect(failure?.detail.contains("`aws_credentials`") == true)
    }

    @Test("takes the ExpiredTokenException of SSO-OIDC for what it is (behaviour 34)")
    func expiredToken() throws {
        let reply = Scene.error("ExpiredTokenException", "expired_token")
        #expect(try Scene.application().correction(after: reply) == nil)
    }

    @Test(
        "learns from the Date of a reply how far the clocks are apart",
        arguments: [
            ("InvalidSignatureException", "Mon, 23 Nov 2026 06:33:00 GMT", .seconds(3600)),
            ("SignatureDoesNotMatch", "Mon, 23 Nov 2026 04:33:00 GMT", .seconds(-3600)),
            ("RequestExpired", "Mon, 23 Nov 2026 05:43:00 GMT", .seconds(600)),
            ("RequestTimeTooSkewed", "Tue, 24 Nov 2026 05:33:00 GMT", .seconds(86_400)),
            ("InvalidSignatureException", "Mon, 23 Nov 2026 05:34:00 GMT", nil),
            ("InvalidSignatureException", "x", nil),
            ("AccessDeniedException", "Mon, 23 Nov 2026 06:33:00 GMT", nil),
        ] as [(String, String, Duration?)]
    )
    func clock(name: String, date: String, offset: Duration?) throws {
        let provider = try Scene.application()
        let reply = Scene.reply(403, #"{"message":"Signature expired"}"#, ["x-amzn-ErrorType": name, "Date": date])
        #expect(provider.correction(after: reply) == offset.map(Correction.clockOffset))
    }

    @Test("signs at AWS's time once it knows it")
    func skew() throws {
        let provider = try Scene.application()
        let plain = try provider.request(Self.refresh, .standard, with: ingredients())
        let corrected = try provider.request(
            Self.refresh,
            .standard,
            with: ingredients(.clockOffset(.seconds(86_400)))
        )
        let name = try #require(HTTPField.Name("X-Amz-Date"))
        #expect(plain.head.headerFields[name] == "20261123T053300Z")
        #expect(corrected.head.headerFields[name] == "20261124T053300Z")
        #expect(plain.body == corrected.body)
    }

    @Test("sends with a code what belongs to it")
    func code() throws {
        let code = AuthorizationCode(code: Secret("c"), redirectURI: "https://app.example/cb", verifier: Secret("v"))
        let request = try Scene.application(.authorizationCode).codeExchange(code, with: ingredients())
        let body = """
            {"clientId": "\(Scene.applicationARN)", "grantType": "authorization_code", "code": "c",
             "redirectUri": "https://app.example/cb", "codeVerifier": "v"}
            """
        #expect(try request.json == JSON(body))
    }

    @Test("reads a refused refresh as the end of it, and a refused assertion as worth another (behaviour 35)")
    func refused() throws {
        let provider = try Scene.application(Self.jwtBearer)
        let body = #"{"error":"invalid_grant","error_description":"canary-refresh-token is no good"}"#
        func failure(_ renewal: Renewal) -> Failure? {
            refusal { () throws(Failure) in try provider.read(Scene.reply(400, body), to: renewal) }
        }
        #expect(failure(Self.refresh)?.class == .grantEnded)
        #expect(failure(Self.refresh)?.detail.contains("canary") == false)
        #expect(failure(.assertion)?.class == .temporary(.answered))
        #expect(failure(.subjectToken)?.class == .temporary(.answered))
        #expect(failure(.clientCredentials)?.code == "unsupported")
    }

    private typealias Change = (inout IAMProvider.Configuration) throws -> Void

    /// The fingerprint of an account with a change.
    private func fingerprint(_ change: Change) throws -> String {
        try Scene.application(.refreshToken, change).fingerprint
    }

    @Test("belongs to another login after a change of application, region or endpoint, and of nothing else")
    func fingerprints() throws {
        let original = try fingerprint { _ in }
        #expect(original.hasPrefix("provider=aws-identity-center-iam&application=arn%3Aaws%3Asso"))
        #expect(original.hasSuffix("&region=us-east-1"))
        let changes: [Change] = [
            { $0.application += "x" }, { $0.oidc = try Scene.oidc("us-east-2") },
            { $0.oidc = try Scene.oidc(override: "https://a.example") },
        ]
        #expect(Set(try changes.map(fingerprint) + [original]).count == changes.count + 1)
        let others: [Change] = [
            { $0.scope = Scope(["a"]) }, { $0.grant = Self.jwtBearer }, { $0.credentials = .profile("x") },
        ]
        for change in others { #expect(try fingerprint(change) == original) }
    }
}
