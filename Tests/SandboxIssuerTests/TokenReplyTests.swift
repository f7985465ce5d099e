import Crypto
import FoundationEssentials
import SandboxIssuer
import Testing

@Suite("A token reply")
struct TokenReplyTests {
    @Test("says how long the token lives in the way that is configured")
    func expiresIn() throws {
        let ways: [(style: ReplyStyle.ExpiresIn, shown: String?)] = [
            (.number, #""expires_in":60"#), (.text, #""expires_in":"60""#), (.omitted, nil),
            (.literal(-1), #""expires_in":-1"#), (.literal(.number("1e400")), #""expires_in":1e400"#),
            (.literal("soon"), #""expires_in":"soon""#), (.literal(.null), #""expires_in":null"#),
        ]
        for way in ways {
            var scene = Scene { $0.reply.expiresIn = way.style }
            let text = try scene.loginReply().text
            #expect(text.contains("expires_in") == (way.shown != nil))
            if let shown = way.shown { #expect(text.contains(shown + ",")) }
        }
    }

    @Test("leaves out what it is told to leave out")
    func omissions() throws {
        var scene = Scene {
            $0.reply.tokenType = nil
            $0.reply.showsScope = false
            $0.reply.grantsRefreshToken = false
        }
        let body: TokenBody = try scene.loginReply().json()
        #expect(body.accessToken != nil)
        #expect(body.tokenType == nil)
        #expect(body.scope == nil)
        #expect(body.refreshToken == nil)
    }

    @Test("spells the token type as told")
    func tokenType() throws {
        var scene = Scene { $0.reply.tokenType = "bearer" }
        #expect(try scene.logIn().tokenType == "bearer")
    }

    @Test("repeats a static refresh token only when told", arguments: [false, true])
    func repeated(repeats: Bool) throws {
        var scene = Scene {
            $0.refresh = .static
            $0.reply.repeatsRefreshToken = repeats
        }
        let login = try scene.logIn()
        #expect(try scene.refresh(login.refreshToken).refreshToken == (repeats ? login.refreshToken : nil))
    }

    @Test("brings a new id token on a refresh only when told", arguments: [false, true])
    func idTokenOnRefresh(refreshes: Bool) throws {
        var scene = Scene { $0.reply.refreshesIDToken = refreshes }
        let login = try scene.logIn()
        #expect(login.idToken != nil)
        #expect((try scene.refresh(login.refreshToken).idToken != nil) == refreshes)
    }

    @Test("brings no id token without the scope openid")
    func withoutOpenID() throws {
        var scene = Scene()
        #expect(try scene.logIn(scope: "mail").idToken == nil)
    }

    @Test("carries errors with status 200 when told")
    func errorStatus() throws {
        var scene = Scene { $0.reply.errorStatus = 200 }
        let device = try scene.beginLogin()
        let response = scene.post(
            "/token",
            ["grant_type": GrantType.deviceCode.rawValue, "device_code": device.deviceCode, "client_id": "tokend"]
        )
        #expect(response.status == 200)
        #expect(try response.json(TokenBody.self).error == "authorization_pending")
    }

    @Test("numbers access tokens, so that the newer one is known")
    func serials() throws {
        var scene = Scene()
        var body = try scene.logIn()
        for serial in 2...4 {
            body = try scene.refresh(body.refreshToken)
            #expect(body.serial == serial)
        }
    }

    @Test("holds an id token that the published key has signed")
    func idToken() throws {
        var scene = Scene { $0.accessTokenLifetime = .seconds(300) }
        let token = try #require(try scene.logIn().idToken)
        let (header, claims) = try verified(token, by: scene.send(Request("GET", "/jwks")).response)
        #expect(header.alg == "ES256")
        #expect(header.typ == "JWT")
        #expect(claims.iss == "http://127.0.0.1:8484")
        #expect(claims.sub == "sandbox-user")
        #expect(claims.aud == ["tokend"])
        #expect(claims.iat == 1_790_000_000)
        #expect(claims.exp == 1_790_000_300)
    }

    @Test("holds a signed access token when told, for the audience asked for")
    func jwtAccessToken() throws {
        var scene = Scene { $0.accessTokenForm = .jwt }
        let login = try scene.logIn()
        let body = try scene.token([
            "grant_type": "refresh_token", "refresh_token": #require(login.refreshToken), "audience": "api://x",
            "resource": "https://y.example",
        ])
        let token = try #require(body.accessToken)
        let (header, claims) = try verified(token, by: scene.send(Request("GET", "/jwks")).response)
        #expect(header.typ == "at+jwt")
        #expect(claims.aud == ["api://x", "https://y.example"])
        #expect(claims.jti == "at-2.1.1790000060")
        #expect(scene.userInfo(token).status == 200)
        #expect(scene.userInfo(token.replacing("e", with: "f", maxReplacements: 1)).status == 401)
    }

    @Test("holds a token that works until it expires, or its grant ends")
    func userInfo() throws {
        var scene = Scene()
        let login = try scene.logIn()
        let token = try #require(login.accessToken)
        #expect(scene.userInfo(token).text == #"{"sub":"sandbox-user"}"#)
        scene.now += .seconds(59)
        #expect(scene.userInfo(token).status == 200)
        scene.now += .seconds(1)
        let refused = scene.userInfo(token)
        #expect(refused.status == 401)
        #expect(refused.headers["WWW-Authenticate"]?.contains(#"error="invalid_token""#) == true)
        let fresh = try #require(try scene.refresh(login.refreshToken).accessToken)
        #expect(scene.userInfo(fresh).status == 200)
        scene.machine.revoke()
        #expect(scene.userInfo(fresh).status == 401)
        #expect(scene.userInfo("junk").status == 401)
        #expect(scene.send(Request("GET", "/userinfo")).response.status == 401)
    }

    @Test("has the time of the issuer's clock")
    func date() throws {
        var scene = Scene()
        scene.now = .seconds(784_111_777)
        #expect(try scene.loginReply().headers["Date"] == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    private struct Header: Decodable {
        var alg: String
        var typ: String
        var kid: String
    }

    private struct Claims: Decodable {
        var iss: String
        var sub: String
        var aud: Set<String>
        var iat: Int
        var exp: Int
        var jti: String?

        private enum Key: CodingKey {
            case iss
            case sub
            case aud
            case iat
            case exp
            case jti
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Key.self)
            iss = try values.decode(String.self, forKey: .iss)
            sub = try values.decode(String.self, forKey: .sub)
            iat = try values.decode(Int.self, forKey: .iat)
            exp = try values.decode(Int.self, forKey: .exp)
            jti = try values.decodeIfPresent(String.self, forKey: .jti)
            let one = try? values.decode(String.self, forKey: .aud)
            aud = try one.map { [$0] } ?? values.decode(Set<String>.self, forKey: .aud)
        }
    }

    /// Checks the signature as a stranger would, by the key set alone.
    private func verified(_ token: String, by keySet: Response) throws -> (Header, Claims) {
        struct KeySet: Decodable {
            struct Key: Decodable {
                var kid: String
                var x: String
                var y: String
            }
            var keys: [Key]
        }
        let parts = token.split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        let header = try JSONDecoder().decode(Header.self, from: bytes(parts[0]))
        let key = try #require(keySet.json(KeySet.self).keys.first { $0.kid == header.kid })
        let publicKey = try P256.Signing.PublicKey(rawRepresentation: bytes(key.x) + bytes(key.y))
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: bytes(parts[2]))
        #expect(publicKey.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8)))
        return (header, try JSONDecoder().decode(Claims.self, from: bytes(parts[1])))
    }

    private func bytes(_ text: String) throws -> Data {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return try #require(Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)))
    }
}

extension Scene {
    /// The reply that ends a login.
    fileprivate mutating func loginReply() throws -> Response {
        machine.configuration.approval = .afterPolls(0)
        let device = try beginLogin()
        return post(
            "/token",
            ["grant_type": GrantType.deviceCode.rawValue, "device_code": device.deviceCode, "client_id": "tokend"]
        )
    }

    fileprivate mutating func userInfo(_ token: String) -> Response {
        send(Request("GET", "/userinfo", headers: ["authorization": "Bearer \(token)"])).response
    }
}
