import SandboxIssuer
import Testing

@Suite("Revocation")
struct RevocationTests {
    @Test("of a refresh token ends the grant with all its tokens")
    func refreshToken() throws {
        var scene = Scene()
        let first = try scene.logIn()
        let second = try scene.refresh(first.refreshToken)
        let response = scene.revoke(try #require(first.refreshToken))
        #expect(response.status == 200)
        #expect(!scene.machine.isLive(refreshToken: try #require(second.refreshToken), at: scene.now))
        #expect(try scene.refresh(second.refreshToken).error == "invalid_grant")
    }

    @Test("of what nobody knows succeeds", arguments: ["junk", "rt-1.1-junk", "rt-7.1-junk"])
    func unknown(token: String) throws {
        var scene = Scene()
        let login = try scene.logIn()
        #expect(scene.revoke(token).status == 200)
        #expect(scene.machine.isLive(refreshToken: try #require(login.refreshToken), at: scene.now))
    }

    @Test("of an access token is not offered")
    func accessToken() throws {
        var scene = Scene()
        let login = try scene.logIn()
        let response = scene.revoke(try #require(login.accessToken))
        #expect(response.status == 400)
        #expect(try response.json(TokenBody.self).error == "unsupported_token_type")
    }

    @Test("of another client's token is refused")
    func otherClient() throws {
        var scene = Scene()
        let token = try #require(try scene.logIn().refreshToken)
        let response = scene.post(
            "/revoke",
            ["token": token, "client_id": "service", "client_secret": "secret"]
        )
        #expect(try response.json(TokenBody.self).error == "unauthorized_client")
        #expect(scene.machine.isLive(refreshToken: token, at: scene.now))
    }
}

extension Scene {
    fileprivate mutating func revoke(_ token: String) -> Response {
        post("/revoke", ["token": token, "token_type_hint": "refresh_token", "client_id": "tokend"])
    }
}
