import SandboxIssuer
import Testing

@Suite("CreateToken")
struct CreateTokenTests {
    @Test("gives tokens for an approved device code, once")
    func deviceCode() throws {
        var scene = Scene { $0.accessTokenLifetime = .seconds(3600) }
        let client = try scene.register()
        let device = scene.startDeviceAuthorization(client)
        let poll: [String: JSON] = ["deviceCode": .string(try device.member("deviceCode"))]
        #expect(
            scene.createToken(client, Scene.deviceCode, poll).exception == "400 AuthorizationPendingException"
        )
        #expect(scene.createToken(client, Scene.deviceCode, poll).exception == "400 SlowDownException")
        try scene.machine.decide(userCode: device.member("userCode"), approve: true, at: scene.now)
        scene.now += .seconds(6)
        let reply = scene.createToken(client, Scene.deviceCode, poll)
        let members = try reply.members()
        #expect(members["tokenType"] == "Bearer")
        #expect(members["expiresIn"] == 3600)
        #expect(members["idToken"] == .null)
        #expect(try Ticket(credential: reply.member("refreshToken")) == .refreshToken(grant: 1, generation: 1))
        #expect(scene.createToken(client, Scene.deviceCode, poll).exception == "400 InvalidGrantException")
    }

    @Test("says that a device login was denied, or is over")
    func deviceRefusals() throws {
        var scene = Scene { $0.deviceCodeLifetime = .seconds(60) }
        let client = try scene.register()
        let devices = (0..<2).map { _ in scene.startDeviceAuthorization(client) }
        try scene.machine.decide(userCode: devices[0].member("userCode"), approve: false, at: scene.now)
        let codes = try devices.map { JSON.string(try $0.member("deviceCode")) }
        #expect(
            scene.createToken(client, Scene.deviceCode, ["deviceCode": codes[0]]).exception
                == "400 AccessDeniedException"
        )
        scene.now += .seconds(60)
        let late = scene.createToken(client, Scene.deviceCode, ["deviceCode": codes[1]])
        #expect(late.exception == "400 ExpiredTokenException")
        #expect(try late.member("error") == "expired_token")
        #expect(
            scene.createToken(client, Scene.deviceCode, ["deviceCode": "x"]).exception == "400 InvalidGrantException"
        )
    }

    @Test(
        "rotates refresh tokens by the mode that is set",
        arguments: [(RefreshMode.strict, 2, "400"), (.static, nil, "200"), (.rotating(grace: .seconds(9)), 2, "200")]
            as [(RefreshMode, Int?, String)]
    )
    func rotation(mode: RefreshMode, generation: Int?, again: String) throws {
        var scene = Scene { $0.refresh = mode }
        let client = try scene.register()
        let refresh: [String: JSON] = ["refreshToken": .string(try scene.logIn(client).member("refreshToken"))]
        let reply = scene.createToken(client, "refresh_token", refresh)
        let next = try reply.members()["refreshToken"]
        #expect(next == (generation == nil ? .null : next))
        if let generation {
            let ticket = try Ticket(credential: reply.member("refreshToken"))
            #expect(ticket == .refreshToken(grant: 1, generation: generation))
        }
        #expect(scene.createToken(client, "refresh_token", refresh).exception.hasPrefix(again))
        #expect(scene.machine.count(of: .createToken, grantType: .refreshToken) == 2)
        #expect(scene.machine.generationsUsed(grant: 1) == [1, 1])
    }

    @Test("gives no refresh token to who has registered no scope")
    func noScope() throws {
        var scene = Scene()
        let reply = try scene.logIn(scene.register([:]))
        #expect(try reply.members()["refreshToken"] == .null)
        #expect(try !reply.member("accessToken").isEmpty)
    }

    @Test("takes no refresh token of another registration, nor after the session's end")
    func foreignAndLate() throws {
        var scene = Scene {
            $0.aws.sessionLifetime = .seconds(100)
            $0.accessTokenLifetime = .seconds(80)
        }
        let client = try scene.register()
        let other = try scene.register()
        let first = try scene.logIn(client)
        let token = JSON.string(try first.member("refreshToken"))
        #expect(
            scene.createToken(other, "refresh_token", ["refreshToken": token]).exception == "400 InvalidGrantException"
        )
        scene.now += .seconds(60)
        let second = scene.createToken(client, "refresh_token", ["refreshToken": token])
        #expect(try second.members()["expiresIn"] == 40, "no access token outlives the session")
        scene.now += .seconds(40)
        let last = JSON.string(try second.member("refreshToken"))
        #expect(
            scene.createToken(client, "refresh_token", ["refreshToken": last]).exception == "400 InvalidGrantException"
        )
        #expect(try !scene.machine.isLive(refreshToken: second.member("refreshToken"), at: scene.now))
    }

    @Test("refuses what a client has not registered for, and what nobody knows")
    func grantTypes() throws {
        var scene = Scene()
        let client = try scene.register()
        let coder = try scene.registerForCodes()
        #expect(scene.createToken(client, "authorization_code", [:]).exception == "400 UnauthorizedClientException")
        #expect(scene.createToken(coder, Scene.deviceCode, [:]).exception == "400 UnauthorizedClientException")
        #expect(scene.createToken(client, "client_credentials", [:]).exception == "400 UnsupportedGrantTypeException")
        #expect(scene.createToken(client, "refresh_token", [:]).exception == "400 InvalidRequestException")
    }

    @Test("gives tokens for a code, at any port of the registered address, by the proof key")
    func code() throws {
        var scene = Scene { $0.approval = .afterPolls(0) }
        let client = try scene.registerForCodes()
        let reply = scene.authorize(client.id)
        #expect(reply.status == 303)
        let location = try #require(reply.headers["Location"])
        let target = Request("GET", location)
        #expect(target.path == "http://127.0.0.1:4711/oauth/callback")
        #expect(target.query["state"] == "s t")
        let code = try #require(target.query["code"])
        let exchange: [String: JSON] = [
            "code": .string(code), "codeVerifier": .string(Scene.verifier),
            "redirectUri": "http://127.0.0.1:4711/oauth/callback",
        ]
        for (name, wrong) in [
            ("codeVerifier", "x"), ("redirectUri", "http://127.0.0.1:4712/oauth/callback"), ("code", "x"),
        ] {
            let reply = scene.createToken(
                client,
                "authorization_code",
                exchange.merging([name: .string(wrong)]) { $1 }
            )
            #expect(reply.exception == "400 InvalidGrantException", "\(name)")
        }
        let tokens = scene.createToken(client, "authorization_code", exchange)
        #expect(try Ticket(credential: tokens.member("refreshToken")) == .refreshToken(grant: 1, generation: 1))
        let again = scene.createToken(client, "authorization_code", exchange)
        #expect(again.exception == "400 InvalidGrantException")
    }

    @Test("asks the person, who may say no")
    func codePage() throws {
        var scene = Scene()
        let client = try scene.registerForCodes()
        for (decision, field) in [("approve", "code"), ("deny", "error")] {
            let page = scene.authorize(client.id)
            #expect(page.status == 200)
            #expect(page.text.contains("<strong>tests</strong>"))
            #expect(page.text.contains("<code>sso:account:access</code>"))
            let parts = page.text.split(separator: #"name="user_code" value=""#, maxSplits: 1)
            let userCode = String(try #require(parts.last).prefix { $0 != "\"" })
            let reply = scene.post("/authorize", ["user_code": userCode, "decision": decision])
            let target = Request("GET", try #require(reply.headers["Location"]))
            #expect(target.query[field] != nil)
            #expect(target.query["state"] == "s t")
            let again = scene.post("/authorize", ["user_code": userCode, "decision": decision])
            #expect(again.status == 400)
        }
    }

    @Test("tells the person what is wrong with the client, and the client the rest")
    func codeRefusals() throws {
        var scene = Scene { $0.approval = .afterPolls(0) }
        let client = try scene.registerForCodes()
        let device = try scene.register()
        #expect(scene.authorize("nobody").text.contains("Invalid client."))
        #expect(scene.authorize(device.id).status == 400)
        for address in [
            "http://127.0.0.1:4711/elsewhere", "http://127.0.0.1:4711.example.com/oauth/callback",
            "http://127.0.0.1:/oauth/callback", "https://127.0.0.1:4711/oauth/callback",
        ] {
            #expect(scene.authorize(client.id, ["redirect_uri": address]).status == 400, "\(address)")
        }
        for (change, error) in [
            (["response_type": "token"], "invalid_request"), (["code_challenge_method": "plain"], "invalid_request"),
            (["code_challenge": nil], "invalid_request"), (["scopes": "more"], "invalid_scope"),
        ] as [([String: String?], String)] {
            let location = try #require(scene.authorize(client.id, change).headers["Location"])
            #expect(Request("GET", location).query["error"] == error)
        }
        #expect(scene.machine.grants.isEmpty)
    }
}
