import Crypto
import FoundationEssentials
import SandboxIssuer
import Testing

@Suite("CreateTokenWithIAM")
struct CreateTokenWithIAMTests {
    private static let jwtBearer = GrantType.jwtBearer.rawValue
    private static let tokenExchange = GrantType.tokenExchange.rawValue
    private static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
    private static let refreshToken = "urn:ietf:params:oauth:token-type:refresh_token"

    @Test("takes an id token of the issuer as an assertion, and gives all that AWS does")
    func assertion() throws {
        var scene = Scene { $0.accessTokenLifetime = .seconds(3600) }
        let reply = scene.createTokenWithIAM(Self.jwtBearer, ["assertion": .string(try scene.idToken())])
        let members = try reply.members()
        #expect(members["expiresIn"] == 3600)
        #expect(members["tokenType"] == "Bearer")
        #expect(members["issuedTokenType"] == .string(Self.refreshToken))
        #expect(members["scope"] == ["openid", "aws", "sts:identity_context"])
        guard case .object(let details) = members["awsAdditionalDetails"], case .string = details["identityContext"]
        else {
            Issue.record("no identity context: \(reply.text)")
            return
        }
        #expect(try reply.member("idToken").split(separator: ".").count == 3)
        let again = scene.createTokenWithIAM(
            "refresh_token",
            ["refreshToken": .string(try reply.member("refreshToken")), "scope": ["aws"]]
        )
        #expect(try again.members()["scope"] == ["aws"], "a scope narrows")
        #expect(try again.members()["idToken"] == .null)
        #expect(try again.members()["awsAdditionalDetails"] == .null)
        #expect(try Ticket(credential: again.member("refreshToken")) == .refreshToken(grant: 2, generation: 2))
    }

    @Test("takes the assertion of a key that is trusted, and of no other")
    func trustedKey() throws {
        let keys = (0..<2).map { _ in P256.Signing.PrivateKey() }
        var scene = Scene { $0.aws.trustedKeys = [keys[0].publicKey.pemRepresentation] }
        let claims = [#"{"alg":"ES256"}"#, #"{"sub":"someone","exp":1790000100}"#]
        let input = claims.map { encoded(Array($0.utf8)) }.joined(separator: ".")
        let tokens = try keys.map { key in
            input + "." + encoded(Array(try key.signature(for: Array(input.utf8)).rawRepresentation))
        }
        func ask(_ token: String) -> String {
            scene.createTokenWithIAM(Self.jwtBearer, ["assertion": .string(token)]).exception
        }
        #expect(ask(tokens[0]) == "200 none")
        #expect(ask(tokens[1]) == "400 InvalidGrantException")
        #expect(ask("not a token") == "400 InvalidGrantException")
        scene.now = .seconds(1_790_000_100)
        #expect(ask(tokens[0]) == "400 InvalidGrantException")
    }

    @Test("exchanges an access token of the issuer, with a refresh token only when that is asked for")
    func tokenExchange() throws {
        var scene = Scene()
        let subject = try scene.logIn(scene.register()).member("accessToken")
        let exchange: [String: JSON] = [
            "subjectToken": .string(subject), "subjectTokenType": .string(Self.accessToken),
        ]
        let plain = scene.createTokenWithIAM(
            Self.tokenExchange,
            exchange.merging(["requestedTokenType": .string(Self.accessToken)]) { $1 }
        )
        #expect(try plain.members()["refreshToken"] == .null)
        #expect(try plain.member("issuedTokenType") == Self.accessToken)
        let lasting = scene.createTokenWithIAM(
            Self.tokenExchange,
            exchange.merging(["requestedTokenType": .string(Self.refreshToken)]) { $1 }
        )
        #expect(try Ticket(credential: lasting.member("refreshToken")) == .refreshToken(grant: 3, generation: 1))
        #expect(try lasting.member("issuedTokenType") == Self.refreshToken)

        for (change, exception) in [
            (["requestedTokenType": "other"], "400 InvalidRequestException"),
            (["subjectTokenType": "other"], "400 InvalidRequestException"),
            (["subjectToken": "other"], "400 InvalidGrantException"),
            (["subjectToken": .null], "400 InvalidRequestException"),
        ] as [([String: JSON], String)] {
            let reply = scene.createTokenWithIAM(Self.tokenExchange, exchange.merging(change) { $1 })
            #expect(reply.exception == exception)
        }
        scene.now += .seconds(60)
        #expect(
            scene.createTokenWithIAM(Self.tokenExchange, exchange).exception == "400 ExpiredTokenException",
            "not the 403 of the same name that the front end has"
        )
    }

    @Test("takes the code of an application")
    func code() throws {
        var scene = Scene { $0.approval = .afterPolls(0) }
        let location = try #require(
            scene.authorize(Scene.application, ["scopes": "openid aws"]).headers["Location"]
        )
        let code = try #require(Request("GET", location).query["code"])
        let reply = scene.createTokenWithIAM(
            "authorization_code",
            [
                "code": .string(code), "codeVerifier": .string(Scene.verifier),
                "redirectUri": "http://127.0.0.1:4711/oauth/callback",
            ]
        )
        #expect(try reply.members()["scope"] == ["openid", "aws"])
        #expect(try !reply.member("refreshToken").isEmpty)
    }

    @Test(
        "refuses what AWS refuses",
        arguments: [
            (["clientId": "arn:aws:sso::1:application/other"], "401 InvalidClientException"),
            (["clientId": .null], "400 InvalidRequestException"),
            (["grantType": .string(Scene.deviceCode)], "400 UnsupportedGrantTypeException"),
            (["scope": ["other"]], "400 InvalidScopeException"),
            (["refreshToken": "other"], "400 InvalidGrantException"),
            (["refreshToken": .null], "400 InvalidRequestException"),
        ] as [([String: JSON], String)]
    )
    func refusals(members: [String: JSON], exception: String) {
        var scene = Scene()
        let reply = scene.createTokenWithIAM("refresh_token", ["refreshToken": "x"].merging(members) { $1 })
        #expect(reply.exception == exception)
    }

    private func encoded(_ bytes: [UInt8]) -> String {
        String(
            Data(bytes).base64EncodedString().filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
        )
    }
}
