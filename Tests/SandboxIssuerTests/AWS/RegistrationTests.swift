import SandboxIssuer
import Testing

@Suite("RegisterClient and StartDeviceAuthorization")
struct RegistrationTests {
    @Test("registers a client for 90 days, and sends null for what it does not have")
    func registration() throws {
        var scene = Scene()
        let reply = scene.call(
            "/client/register",
            ["clientName": "tests", "clientType": "public", "scopes": ["sso:account:access"], "issuerUrl": .null]
        )
        #expect(reply.status == 200)
        #expect(reply.headers["x-amzn-RequestId"] != nil)
        let members = try reply.members()
        #expect(members["clientIdIssuedAt"] == 1_790_000_000)
        #expect(members["clientSecretExpiresAt"] == .integer(1_790_000_000 + 90 * 86_400))
        #expect(members["authorizationEndpoint"] == .null)
        #expect(members["tokenEndpoint"] == .null)
        let first = try #require(scene.machine.registrations.first)
        #expect(first.scopes == ["sso:account:access"])
        #expect(first.grantTypes == [.deviceCode, .refreshToken])
    }

    @Test(
        "refuses what AWS refuses",
        arguments: [
            (["clientName": .null], "400 InvalidRequestException"),
            (["clientName": 7], "400 InvalidRequestException"),
            (["scopes": "x"], "400 InvalidRequestException"),
            (["clientType": "confidential"], "400 InvalidClientMetadataException"),
            (["scopes": ["two words"]], "400 InvalidScopeException"),
            (["scopes": .strings((0...25).map { "s\($0)" })], "400 InvalidScopeException"),
            (["grantTypes": ["password"]], "400 UnsupportedGrantTypeException"),
            (["grantTypes": ["authorization_code"]], "400 InvalidRedirectUriException"),
            (["redirectUris": ["https://example.com/cb"]], "400 InvalidRedirectUriException"),
            (["redirectUris": ["http://127.0.0.1.example.com/cb"]], "400 InvalidRedirectUriException"),
        ] as [([String: JSON], String)]
    )
    func refusals(members: [String: JSON], exception: String) throws {
        var scene = Scene()
        let own: [String: JSON] = ["clientName": "tests", "clientType": "public"]
        let reply = scene.call("/client/register", own.merging(members) { $1 })
        #expect(reply.exception == exception)
        #expect(try !reply.member("error_description").isEmpty)
        #expect(scene.machine.registrations.isEmpty)
        #expect(scene.machine.log.last?.error == exception.split(separator: " ").last.map(String.init))
    }

    @Test("fails without a word when one registration is for device codes and for authorization codes")
    func mixed() throws {
        var scene = Scene()
        let reply = scene.call(
            "/client/register",
            [
                "clientName": "tests", "clientType": "public", "redirectUris": ["http://127.0.0.1/cb"],
                "grantTypes": ["authorization_code", .string(Scene.deviceCode), "refresh_token"],
            ]
        )
        #expect(reply.exception == "500 InternalServerException")
        #expect(try reply.member("error") == "server_error")
    }

    @Test("takes no body that is not a JSON object")
    func notJSON() {
        var scene = Scene()
        for body in ["", "{", "[]", "7"] {
            #expect(scene.send(.json("/client/register", body)).response.exception == "400 InvalidRequestException")
        }
    }

    @Test("begins a device login at the page that OAuth's have")
    func deviceAuthorization() throws {
        var scene = Scene { $0.deviceCodeLifetime = .seconds(600) }
        let reply = scene.startDeviceAuthorization(try scene.register())
        let members = try reply.members()
        let userCode = try reply.member("userCode")
        #expect(members["verificationUri"] == "http://127.0.0.1:8484/device")
        #expect(members["verificationUriComplete"] == .string("http://127.0.0.1:8484/device?user_code=\(userCode)"))
        #expect(members["expiresIn"] == 600)
        #expect(members["interval"] == 1)
        #expect(scene.machine.pendingUserCodes(at: scene.now) == [userCode])
        #expect(scene.send(Request("GET", "/device?user_code=\(userCode)")).response.text.contains("sandbox-client-1"))
    }

    @Test("tells OAuth's device authorization by its form")
    func sharedPath() throws {
        var scene = Scene()
        _ = try scene.beginLogin()
        #expect(scene.machine.log.last?.endpoint == .deviceAuthorization)
        _ = scene.startDeviceAuthorization(try scene.register())
        #expect(scene.machine.log.last?.endpoint == .startDeviceAuthorization)
        _ = scene.send(.json("/token", "{}"))
        #expect(scene.machine.log.last?.endpoint == .createToken)
        _ = scene.send(.json("/token?aws_iam=t", "{}"))
        #expect(scene.machine.log.last?.endpoint == .createTokenWithIAM)
    }

    @Test("refuses a device login of a wrong, an expired or another kind of client")
    func deviceRefusals() throws {
        var scene = Scene { $0.aws.registrationLifetime = .seconds(100) }
        let client = try scene.register()
        let coder = try scene.registerForCodes()
        let wrongSecret = RegisteredClient(id: client.id, secret: "wrong")
        #expect(scene.startDeviceAuthorization(wrongSecret).exception == "401 InvalidClientException")
        #expect(try scene.startDeviceAuthorization(wrongSecret).member("error") == "invalid_client")
        #expect(scene.startDeviceAuthorization(coder).exception == "400 UnauthorizedClientException")
        #expect(scene.call("/device_authorization", client.members).exception == "400 InvalidRequestException")
        scene.now += .seconds(100)
        #expect(scene.startDeviceAuthorization(client).exception == "401 InvalidClientException")
        #expect(scene.machine.grants.isEmpty)
    }
}
