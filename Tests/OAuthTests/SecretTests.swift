import HTTPTypes
import OAuth
import Testing

@Suite("Secrets")
struct SecretTests {
    @Test("give back the bytes that were put in")
    func bytes() {
        #expect(Secret("ünï").revealText() == "ünï")
        #expect(Secret(utf8: [0, 255]).reveal(Array.init) == [0, 255])
        #expect(Secret("").isEmpty && Secret("").revealText().isEmpty && Secret("ab").count == 2)
    }

    @Test("are equal by their bytes")
    func equality() {
        #expect(Secret("abc") == Secret(utf8: Array("abc".utf8)))
        #expect(Secret("abc") != Secret("abd") && Secret("abc") != Secret("ab") && Secret("") == Secret(""))
        // Equal as text, for an accent may be written in two ways.
        #expect(Secret("\u{E9}") != Secret("e\u{301}"))
        #expect(Set([Secret("a"), Secret("b"), Secret("a")]).count == 2)
    }

    /// Every value of the target that can hold a secret, filled with the canary in each place.
    private static func values() throws -> [Any] {
        let canary = Secret("canary")
        let client = try ClientAuthentication(.basic, clientID: "abc", secret: canary)
        var posted = TokenRequest(.refreshToken(canary)).form
        posted.append("client_secret", canary)
        let configuration = OAuthProvider.Configuration(clientID: "abc", clientSecret: .inline(canary))
        return [
            canary,
            Optional(canary) as Any,
            ["key": canary],
            TokenSet(
                accessToken: canary,
                lifetime: nil,
                refreshToken: canary,
                idToken: IDToken(token: canary, lifetime: .seconds(1))
            ),
            Failure(.grantEnded, code: "c", detail: "d", rotatedRefreshToken: canary),
            Renewal.refreshToken(canary),
            SecretSource.inline(canary),
            Ingredient.clientSecret(.inline(canary)),
            Ingredients(now: .example, clientSecret: canary),
            DeviceAuthorization(deviceCode: canary, userCode: "u", verificationURI: "v", lifetime: .seconds(1)),
            DevicePoll.tokens(TokenSet(accessToken: canary, lifetime: nil)),
            Exchange.refresh(canary),
            TokenRequest(.deviceCode(canary)),
            client,
            ClientAuthentication.post(clientID: "abc", secret: canary),
            posted,
            EndpointRequest(posting: posted, to: try EndpointAddress("https://example.com/"), as: client),
            EndpointReply.example(#"{"access_token": "canary"}"#),
            OAuthProvider(configuration),
            configuration,
        ]
    }

    @Test("appear in no rendering of any value that holds one")
    func canary() throws {
        // The canary itself, as it stands in a Basic header, and as the list of its bytes.
        let tells = ["canary", "YWJjOmNhbmFyeQ", "99, 97, 110, 97", "- 99\n"]
        for value in try Self.values() {
            var dumped = ""
            dump(value, to: &dumped)
            var printed = ""
            print(value, to: &printed)
            let renderings = [
                dumped, printed, "\(value)", String(describing: value), String(reflecting: value),
                "\(Mirror(reflecting: value).children.map { "\($0.value)" })",
            ]
            for rendering in renderings {
                for tell in tells { #expect(!rendering.contains(tell), "\(type(of: value))") }
            }
        }
    }

    @Test("appear in no rendering of an error that is thrown with one")
    func errors() throws {
        let reply = EndpointReply.example(#"{"access_token": "canary", "expires_in": 0, "refresh_token": "canary"}"#)
        let failure = try #require(failure { () throws(Failure) in try TokenSet(reply, to: .clientCredentials) })
        #expect(failure.rotatedRefreshToken == Secret("canary"))
        #expect(!"\(failure)\(String(reflecting: failure))\(failure as any Error)".contains("canary"))
    }
}
