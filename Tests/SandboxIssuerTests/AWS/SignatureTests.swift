import SandboxIssuer
import Testing

@Suite("A signature")
struct SignatureTests {
    private static let request = Request.json(
        "/token?aws_iam=t",
        #"{"clientId":"\#(Scene.application)","grantType":"refresh_token","refreshToken":"x"}"#
    )
    /// What comes behind a good signature.
    private static let passed = "400 InvalidGrantException"

    private static func ask(
        _ scene: inout Scene,
        by key: AccessKey = .sandbox,
        region: String = "us-east-1",
        service: String = "sso-oauth",
        signedAt: Duration? = nil,
        changing change: (inout Request) -> Void = { _ in }
    ) -> Response {
        scene.signed(request, by: key, region: region, service: service, signedAt: signedAt, changing: change)
    }

    @Test("is asked for first")
    func missing() throws {
        var scene = Scene()
        let reply = scene.send(Self.request).response
        #expect(reply.exception == "403 MissingAuthenticationTokenException")
        #expect(try reply.member("message") == "Missing Authentication Token")
        #expect(Self.ask(&scene).exception == Self.passed)
        #expect(scene.machine.log.last?.authentication == "aws4_request \(AccessKey.sandbox.id)")
    }

    @Test("covers host, date, content type, query and body")
    func covered() {
        let changes: [(inout Request) -> Void] = [
            { $0.headers["host"] = "localhost:8484" }, { $0.headers["content-type"] = "application/json;x=y" },
            { $0.target += "&more=1" }, { $0.body += [0x20] },
            { $0.headers["authorization"]? += "0" },
        ]
        for change in changes {
            var scene = Scene()
            #expect(Self.ask(&scene, changing: change).exception == "403 InvalidSignatureException")
        }
        var scene = Scene()
        let unharmed = Self.ask(&scene) { $0.headers["user-agent"] = "free to change" }
        #expect(unharmed.exception == Self.passed)
    }

    @Test("must be whole, by a known key, for this region and service")
    func scope() throws {
        var scene = Scene()
        #expect(
            Self.ask(&scene) { $0.headers["authorization"] = "AWS4-HMAC-SHA256 Credential=x" }.exception
                == "403 IncompleteSignatureException"
        )
        var stranger = AccessKey.sandbox
        stranger.id = "AKIDSTRANGER00000001"
        #expect(Self.ask(&scene, by: stranger).exception == "403 UnrecognizedClientException")
        var guesser = AccessKey.sandbox
        guesser.secret = "guess"
        #expect(Self.ask(&scene, by: guesser).exception == "403 InvalidSignatureException")
        for reply in [Self.ask(&scene, region: "eu-west-1"), Self.ask(&scene, service: "oidc")] {
            #expect(reply.exception == "403 InvalidSignatureException")
            #expect(try reply.member("message").contains("'sso-oauth'"))
        }
    }

    @Test("may be five minutes off, and says so in AWS's words when it is more")
    func clock() throws {
        var scene = Scene()
        for seconds in [-300, 300] {
            #expect(Self.ask(&scene, signedAt: scene.now + .seconds(seconds)).exception == Self.passed)
        }
        let early = Self.ask(&scene, signedAt: scene.now - .seconds(301))
        #expect(early.exception == "403 InvalidSignatureException")
        let verdict = "20260921T140819Z is now earlier than 20260921T140820Z (20260921T141320Z - 5 min.)"
        #expect(try early.member("message") == "Signature expired: \(verdict)")
        let late = Self.ask(&scene, signedAt: scene.now + .seconds(301))
        #expect(try late.member("message").hasPrefix("Signature not yet current: "))
    }

    @Test("is checked by the clock that the Date header shows")
    func offset() throws {
        var scene = Scene()
        #expect(scene.send(.json("/sandbox/clock", #"{"offset":3600.0}"#)).response.status == 200)
        let refused = Self.ask(&scene)
        #expect(refused.exception == "403 InvalidSignatureException")
        #expect(refused.headers["Date"] == "Mon, 21 Sep 2026 15:13:20 GMT")
        #expect(Self.ask(&scene, signedAt: scene.now + .seconds(3600)).exception == Self.passed)
    }

    @Test("by temporary credentials needs their session token, and ends with them")
    func temporary() throws {
        var scene = Scene {
            $0.aws.roleCredentialsLifetime = .seconds(100)
            $0.aws.accessKeys = []
        }
        let token = try scene.logIn(scene.register()).member("accessToken")
        _ = scene.portal("GET", "/federation/credentials?account_id=012345678901&role_name=Admin", token)
        var key = try #require(scene.machine.roleKeys.values.first)
        #expect(Self.ask(&scene, by: key).exception == Self.passed)
        #expect(Self.ask(&scene, by: .sandbox).exception == "403 UnrecognizedClientException")
        scene.now += .seconds(100)
        #expect(Self.ask(&scene, by: key).exception == "403 ExpiredTokenException")
        key.sessionToken = nil
        #expect(Self.ask(&scene, by: key).exception == "403 UnrecognizedClientException")
    }
}
