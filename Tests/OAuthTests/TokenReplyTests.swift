import FoundationEssentials
import HTTPTypes
import OAuth
import Testing

@Suite("A token reply")
struct TokenReplyTests {
    /// Reads a reply to a refresh.
    private func read(_ reply: EndpointReply) throws(Failure) -> TokenSet {
        try TokenSet(reply, to: .refresh(Secret("canary-refresh-token")))
    }

    private func refused(_ reply: EndpointReply) throws -> Failure {
        try #require(failure { () throws(Failure) in try read(reply) })
    }

    /// A JWT with these claims, in the form of RFC 7515.
    private func jwt(_ claims: String) -> String {
        let payload = Data(claims.utf8).base64EncodedString().split(separator: "=")[0]
            .replacing("+", with: "-").replacing("/", with: "_")
        return "eyJhbGciOiJSUzI1NiJ9.\(payload).c2lnbmF0dXJl"
    }

    @Test("is read as RFC 6749 section 5.1 shows it")
    func example() throws {
        let body = """
            {"access_token": "2YotnFZFEjr1zCsicMWpAA", "token_type": "example-to-be-bearer", "expires_in": 3600,
             "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA", "example_parameter": "example_value"}
            """
        #expect(
            try read(.example(body.replacing("example-to-be-bearer", with: "Bearer")))
                == TokenSet(
                    accessToken: Secret("2YotnFZFEjr1zCsicMWpAA"),
                    lifetime: .seconds(3600),
                    refreshToken: Secret("tGzv3JOkF0XG5Qx2TlKWIA")
                )
        )
    }

    @Test("may say nothing but the token")
    func minimal() throws {
        #expect(
            try read(.example(#"{"access_token": "a"}"#)) == TokenSet(accessToken: Secret("a"), lifetime: nil)
        )
        let nulls = """
            {"access_token": "a", "token_type": null, "expires_in": null, "refresh_token": null, "id_token": null,
             "scope": null, "error": null}
            """
        #expect(try read(.example(nulls)) == TokenSet(accessToken: Secret("a"), lifetime: nil))
    }

    @Test("may come with any status of success, and with any content type")
    func envelope() throws {
        #expect(try read(.example(201, #"{"access_token": "a"}"#, [:])).accessToken == Secret("a"))
        #expect(
            try read(.example(200, #" {"access_token": "a"}"#, [.contentType: "text/plain"])).accessToken
                == Secret("a")
        )
    }

    @Test("names the type bearer in any case", arguments: ["bearer", "Bearer", "BEARER", "bEaReR"])
    func bearer(type: String) throws {
        #expect(try read(.example(#"{"access_token": "a", "token_type": "\#(type)"}"#)).tokenType == "Bearer")
    }

    @Test("of another type is not served", arguments: [#""DPoP""#, #""mac""#, #""N_A""#, #""""#, "7", "[]"])
    func otherType(type: String) throws {
        let failure = try refused(.example(#"{"access_token": "a", "token_type": \#(type), "refresh_token": "new"}"#))
        #expect(failure.code == "unsupported_token_type")
        #expect(failure.class == .temporary(.answered))
        #expect(failure.rotatedRefreshToken == Secret("new"))
    }

    @Test(
        "gives the lifetime in seconds",
        arguments: [
            ("3600", .seconds(3600)), (#""3600""#, .seconds(3600)), ("1", .seconds(1)), ("0.5", .milliseconds(500)),
            (#""1800.25""#, .milliseconds(1_800_250)), ("3.6e3", .seconds(3600)),
            ("315360000", .seconds(315_360_000)), ("315360001", .seconds(315_360_000)),
            ("999999999", .seconds(315_360_000)),
        ] as [(String, Duration)]
    )
    func lifetime(written: String, lifetime: Duration) throws {
        let tokens = try read(.example(#"{"access_token": "a", "expires_in": \#(written)}"#))
        #expect(tokens.lifetime == lifetime)
        #expect(!tokens.lifetimeWasAbsolute)
    }

    @Test(
        "may give the moment of the end instead",
        arguments: [
            ("1795415580", .seconds(3600)), (#""1795415580""#, .seconds(3600)), ("1795411981", .seconds(1)),
            // Milliseconds.
            ("1795415580000", .seconds(315_360_000)), ("1e300", .seconds(315_360_000)),
        ] as [(String, Duration)]
    )
    func absolute(written: String, lifetime: Duration) throws {
        let tokens = try read(.example(#"{"access_token": "a", "expires_in": \#(written)}"#))
        #expect(tokens.lifetime == lifetime)
        #expect(tokens.lifetimeWasAbsolute)
    }

    @Test("that gives a moment is not believed beyond the end of its id token")
    func absoluteBesideIDToken() throws {
        func lifetime(_ expiresIn: Int, idTokenEnds: Int) throws -> Duration? {
            let idToken = jwt(#"{"exp": \#(idTokenEnds)}"#)
            return try read(
                .example(#"{"access_token": "a", "expires_in": \#(expiresIn), "id_token": "\#(idToken)"}"#)
            ).lifetime
        }
        #expect(try lifetime(1_795_415_580, idTokenEnds: 1_795_412_280) == .seconds(300))
        #expect(try lifetime(1_795_412_280, idTokenEnds: 1_795_415_580) == .seconds(300))
        #expect(try lifetime(3600, idTokenEnds: 1_795_412_280) == .seconds(3600))
        #expect(try lifetime(1_795_415_580, idTokenEnds: 1_795_411_980) == .seconds(3600))
    }

    @Test(
        "with a lifetime that is over or none is refused, but its refresh token is kept",
        arguments: [
            "0", "-1", #""0""#, #""-3600""#, #""""#, #""soon""#, #""0x10""#, #""nan""#, #""inf""#, #""1e3""#, #"" 60""#,
            #""1.2.3""#, "true", "[]", "{}", "1e999", "1795411980", "1000000000", #""1000000000""#,
        ]
    )
    func invalidLifetime(written: String) throws {
        let failure = try refused(
            .example(#"{"access_token": "a", "expires_in": \#(written), "refresh_token": "new"}"#)
        )
        #expect(failure.code == "invalid_lifetime")
        #expect(failure.class == .temporary(.answered))
        #expect(failure.rotatedRefreshToken == Secret("new"))
    }

    @Test(
        "gives the scope as text or as a list, or not at all",
        arguments: [
            (#""openid email""#, Scope(["openid", "email"])), (#"["openid", "email"]"#, Scope(["openid", "email"])),
            (#""""#, nil), ("[]", nil), ("7", nil), (#"[1]"#, nil), ("{}", nil),
        ] as [(String, Scope?)]
    )
    func scope(written: String, scope: Scope?) throws {
        #expect(try read(.example(#"{"access_token": "a", "scope": \#(written)}"#)).scope == scope)
    }

    @Test("with an empty refresh token brings none")
    func emptyRefreshToken() throws {
        #expect(try read(.example(#"{"access_token": "a", "refresh_token": ""}"#)).refreshToken == nil)
    }

    @Test("brings an id token with its end and its subject")
    func idToken() throws {
        let text = jwt(#"{"iss": "x", "sub": "ü~?>subject", "exp": 1795412040.5, "aud": ["y"]}"#)
        #expect(text.contains("-") || text.contains("_"))
        let tokens = try read(.example(#"{"access_token": "a", "id_token": "\#(text)"}"#))
        #expect(
            tokens.idToken
                == IDToken(token: Secret(text), lifetime: .milliseconds(60_500), subject: "ü~?>subject")
        )
        let nameless = jwt(#"{"exp": 1795412040}"#)
        #expect(
            try read(.example(#"{"access_token": "a", "id_token": "\#(nameless)"}"#)).idToken
                == IDToken(token: Secret(nameless), lifetime: .seconds(60))
        )
    }

    @Test("keeps its access token whatever is wrong with the id token")
    func undecodableIDToken() throws {
        let written = [
            #""""#, #""x""#, #""a.b""#, #""a.!!!.c""#, #""a.e30.c""#, #""a.e30.c.d.e""#, #""..""#, "7", "[]",
            #""\#(jwt("not json"))""#, #""\#(jwt(#"{"exp": "soon"}"#))""#, #""\#(jwt(#"{"exp": 1795411980}"#))""#,
            #""\#(jwt(#"{"exp": -1}"#))""#, #""\#(jwt(#"{"exp": 1e999}"#))""#, #""\#(jwt(#"{"exp": 60}"#))""#,
        ]
        for idToken in written {
            let tokens = try read(.example(#"{"access_token": "a", "id_token": \#(idToken)}"#))
            #expect(tokens == TokenSet(accessToken: Secret("a"), lifetime: nil), "\(idToken)")
        }
    }

    @Test(
        "without a usable access token leaves the outcome unknown",
        arguments: [
            "{}", #"{"access_token": ""}"#, #"{"access_token": null}"#, #"{"access_token": 7}"#,
            #"{"access_token": ["a"]}"#, #"{"access_token": "a\nb"}"#, #"{"access_token": "a\r\nX: b"}"#,
            #"{"access_token": "ä"}"#, #"{"access_token": "a\u0000"}"#, #"{"access_token": "a", "refresh_token": 7}"#,
        ]
    )
    func noAccessToken(body: String) throws {
        let failure = try refused(.example(body))
        #expect(failure.code == "invalid_reply")
        #expect(failure.class == .temporary(.unknown))
        #expect(failure.rotatedRefreshToken == nil)
    }

    @Test("without a usable access token may still have used up the refresh token")
    func rotationInUselessReply() throws {
        #expect(try refused(.example(#"{"refresh_token": "new"}"#)).rotatedRefreshToken == Secret("new"))
    }

    @Test(
        "that is not a JSON object leaves the outcome unknown and is not quoted",
        arguments: [
            "", "canary", "\"canary\"", "[{\"access_token\": \"canary\"}]", "null", "7",
            "{\"access_token\": \"canary\"",
            "{\"access_token\": \"canary\"} x", "{'access_token': 'canary'}", "access_token=canary",
            String(repeating: "[", count: 100_000),
        ]
    )
    func garbage(body: String) throws {
        let failure = try refused(.example(body))
        #expect(failure.code == "not_json")
        #expect(failure.class == .temporary(.unknown))
        #expect(failure.detail == "the answer is not a JSON object")
    }

    @Test(
        "that is a web page tells of a captive portal or a proxy",
        arguments: [
            ("<!DOCTYPE html><html>canary</html>", "application/json"), ("\n  <html>canary", ""),
            ("canary", "Text/HTML; charset=utf-8"),
        ]
    )
    func webPage(body: String, type: String) throws {
        let failure = try refused(.example(200, body, [.contentType: type]))
        #expect(failure.code == "not_json")
        #expect(failure.class == .temporary(.unknown))
        #expect(failure.detail.contains("captive portal"))
        #expect(!failure.detail.contains("canary"))
    }

    @Test("that is no UTF-8 is garbage, not a crash")
    func invalidUTF8() throws {
        var reply = EndpointReply.example("")
        reply.body = Array(#"{"access_token": ""#.utf8) + [0xFF, 0xFE] + Array("\"}".utf8)
        #expect(["not_json", "invalid_reply"].contains(try refused(reply).code))
    }
}
