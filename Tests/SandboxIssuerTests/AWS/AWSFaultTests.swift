import FoundationEssentials
import SandboxIssuer
import Testing

@Suite("A fault at AWS's operations")
struct AWSFaultTests {
    private static let oidc: [Endpoint] = [
        .registerClient, .startDeviceAuthorization, .createToken, .createTokenWithIAM,
    ]

    @Test("is any exception of SSO-OIDC, by header and body", arguments: OIDCException.allCases)
    func oidc(exception: OIDCException) throws {
        for endpoint in Self.oidc {
            var scene = Scene()
            try inject(#""endpoint":"\#(endpoint.rawValue)","exception":"\#(exception.rawValue)""#, &scene)
            let reply = scene.send(.json(path(endpoint), "{}")).response
            #expect(reply.exception == "\(exception.status) \(exception.rawValue)")
            #expect(
                reply.headers["x-amzn-ErrorType"]
                    == "\(exception.rawValue):http://internal.amazon.com/coral/com.amazonaws.sso.oidc/"
            )
            #expect(try reply.member("error") == exception.error)
            #expect(scene.machine.log.last?.fault == exception.rawValue)
            #expect(scene.machine.faults.isEmpty)
        }
    }

    @Test("is any exception of the portal", arguments: PortalException.allCases)
    func portal(exception: PortalException) throws {
        var scene = Scene()
        try inject(
            #""endpoint":"ListAccounts","exception":"\#(exception.rawValue)","headers":{"Retry-After":"2"}"#,
            &scene
        )
        let reply = scene.portal("GET", "/assignment/accounts", "x")
        #expect(reply.exception == "\(exception.status) \(exception.rawValue)")
        #expect(reply.headers["Retry-After"] == "2")
    }

    @Test("is any refusal of a signature", arguments: SignatureException.allCases)
    func frontEnd(exception: SignatureException) throws {
        var scene = Scene()
        try inject(
            #""endpoint":"CreateTokenWithIAM","status":403,"exception":"\#(exception.rawValue)""#,
            &scene
        )
        let reply = scene.createTokenWithIAM("refresh_token", [:])
        #expect(reply.exception == "403 \(exception.rawValue)")
        #expect(try reply.member("message") == exception.message)
    }

    @Test("names another region's endpoint")
    func region() throws {
        var scene = Scene()
        try inject(
            """
            "endpoint":"CreateTokenWithIAM","exception":"InvalidRequestRegionException","description":"elsewhere",\
            "members":{"endpoint":"https://oidc.eu-west-1.amazonaws.com","region":"eu-west-1"}
            """,
            &scene
        )
        let reply = scene.createTokenWithIAM("refresh_token", [:])
        #expect(reply.exception == "400 InvalidRequestRegionException")
        #expect(
            try reply.members() == [
                "error": "invalid_request", "error_description": "elsewhere", "region": "eu-west-1",
                "endpoint": "https://oidc.eu-west-1.amazonaws.com",
            ]
        )
    }

    @Test("is any error of STS, in XML")
    func sts() throws {
        var scene = Scene()
        try inject(#""endpoint":"AssumeRole","exception":"RegionDisabledException","status":403"#, &scene)
        let reply = scene.sts(["Action": "AssumeRole"])
        #expect(reply.status == 403)
        #expect(reply.element("Code") == "RegionDisabledException")
        #expect(scene.sts(["Action": "GetCallerIdentity"]).status == 200)
    }

    @Test("strikes after the commit too, and leaves OAuth alone")
    func commit() throws {
        var scene = Scene { $0.refresh = .strict }
        let client = try scene.register()
        let token = try scene.logIn(client).member("refreshToken")
        scene.machine.inject(.commitThenDrop, at: .createToken)
        scene.machine.inject(.status(503), at: .token)
        let reply = scene.createToken(client, "refresh_token", ["refreshToken": .string(token)])
        #expect(reply.status == 200, "it is not delivered")
        #expect(!scene.machine.isLive(refreshToken: token, at: scene.now))
        #expect(scene.machine.faults.keys.map(\.rawValue) == ["token"])
    }

    @Test(
        "is refused where there is no such exception",
        arguments: [
            #""endpoint":"CreateToken","exception":"TooManyRequestsException""#,
            #""endpoint":"ListAccounts","exception":"SlowDownException""#,
            #""endpoint":"CreateToken","exception":"UnrecognizedClientException""#,
            #""endpoint":"token","exception":"SlowDownException""#, #""endpoint":"CreateToken""#,
        ]
    )
    func unknown(request: String) {
        var scene = Scene()
        let reply = scene.send(.json("/sandbox/faults", #"{"fault":"exception",\#(request)}"#)).response
        #expect(reply.status == 400)
        #expect(scene.machine.faults.isEmpty)
    }

    @Test("leaves no secret in the log, nor does anything else")
    func secrets() throws {
        var scene = Scene { $0.approval = .afterPolls(0) }
        let coder = try scene.registerForCodes()
        let location = try #require(scene.authorize(coder.id).headers["Location"])
        let code = try #require(Request("GET", location).query["code"])
        let login = scene.createToken(
            coder,
            "authorization_code",
            [
                "code": .string(code), "codeVerifier": .string(Scene.verifier),
                "redirectUri": "http://127.0.0.1:4711/oauth/callback",
            ]
        )
        let token = try login.member("accessToken")
        _ = scene.portal("GET", "/federation/credentials?account_id=012345678901&role_name=Admin", token)
        let key = try #require(scene.machine.roleKeys.values.first)
        _ = scene.sts(["Action": "GetCallerIdentity"], by: key)
        let assertion = try scene.idToken()
        let app = scene.createTokenWithIAM(GrantType.jwtBearer.rawValue, ["assertion": .string(assertion)])
        let shown = scene.machine.log.map { $0.json.text + "\($0)" }.joined()
        for secret in [
            coder.secret, code, Scene.verifier, token, try login.member("refreshToken"), key.secret,
            try #require(key.sessionToken), assertion, try app.member("accessToken"), try app.member("idToken"),
            "s t",
        ] {
            #expect(!shown.contains(secret))
        }
        #expect(shown.contains("GET /federation/credentials GetRoleCredentials 012345678901 Admin → 200 \(key.id)"))
        #expect(shown.contains(#""code":"ac-1""#))
    }

    private func inject(_ request: String, _ scene: inout Scene) throws {
        let reply = scene.send(.json("/sandbox/faults", #"{"fault":"exception",\#(request)}"#)).response
        try #require(reply.status == 200, "\(reply.text)")
    }

    private func path(_ endpoint: Endpoint) -> String {
        switch endpoint {
        case .registerClient: "/client/register"
        case .startDeviceAuthorization: "/device_authorization"
        case .createTokenWithIAM: "/token?aws_iam=t"
        default: "/token"
        }
    }
}
