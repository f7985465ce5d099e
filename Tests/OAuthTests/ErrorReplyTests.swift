import HTTPTypes
import OAuth
import Testing

@Suite("An issuer's refusal")
struct ErrorReplyTests {
    static let refresh = Exchange.refresh(Secret("canary-refresh-token"))

    private func refused(_ reply: EndpointReply, _ exchange: Exchange = refresh) throws -> Failure {
        try #require(failure { () throws(Failure) in try reply.check(exchange) })
    }

    @Test(
        "means what RFC 6749 and its extensions say, whatever the status",
        arguments: [
            ("invalid_grant", refresh, .grantEnded),
            ("invalid_grant", .clientCredentials, .misconfigured),
            ("invalid_grant", .deviceAuthorization, .misconfigured),
            ("invalid_grant", .deviceCode, .denied),
            ("invalid_client", refresh, .misconfigured),
            ("invalid_client", .clientCredentials, .misconfigured),
            ("unauthorized_client", refresh, .misconfigured),
            ("unsupported_grant_type", refresh, .misconfigured),
            ("invalid_request", refresh, .misconfigured),
            ("unsupported_token_type", .revocation, .misconfigured),
            ("invalid_scope", refresh, .variantRefused),
            ("invalid_target", refresh, .variantRefused),
            ("access_denied", refresh, .denied),
            ("temporarily_unavailable", refresh, .temporary(.answered, retryAfter: .seconds(9))),
            ("slow_down", refresh, .temporary(.answered, retryAfter: .seconds(9))),
            ("server_error", refresh, .temporary(.answered, retryAfter: .seconds(9))),
        ] as [(String, Exchange, Failure.Class)],
        [200, 400, 401, 403, 429, 500, 503]
    )
    func classes(row: (word: String, exchange: Exchange, class: Failure.Class), status: Int) throws {
        let reply = EndpointReply.example(status, #"{"error": "\#(row.word)"}"#, [.retryAfter: "9"])
        let failure = try refused(reply, row.exchange)
        #expect(failure.class == row.class)
        #expect(failure.code == row.word)
        #expect(!failure.detail.isEmpty)
    }

    @Test("in a word that nobody knows keeps the login and is tried again")
    func unknownWord() throws {
        let body = #"{"error": "interaction_required"}"#
        #expect(try refused(.example(400, body)).class == .temporary(.answered))
        #expect(try refused(.example(200, body)).class == .temporary(.answered))
        #expect(try refused(.example(500, body)).class == .temporary(.unknown))
        #expect(try refused(.example(400, body)).code == "interaction_required")
    }

    @Test("decides even beside an access token")
    func errorBesideToken() throws {
        let body = #"{"error": "invalid_grant", "access_token": "a"}"#
        #expect(failure { () throws(Failure) in try TokenSet(.example(body), to: Self.refresh) }?.class == .grantEnded)
    }

    @Test(
        "without a word is judged by its status",
        arguments: [
            (400, "http_400", .temporary(.answered, retryAfter: .seconds(9))),
            (401, "http_401", .temporary(.answered, retryAfter: .seconds(9))),
            (404, "http_404", .temporary(.answered, retryAfter: .seconds(9))),
            (429, "http_429", .temporary(.answered, retryAfter: .seconds(9))),
            (500, "http_500", .temporary(.unknown, retryAfter: .seconds(9))),
            (502, "http_502", .temporary(.unknown, retryAfter: .seconds(9))),
            (503, "http_503", .temporary(.unknown, retryAfter: .seconds(9))),
            (301, "redirect", .temporary(.answered)),
            (302, "redirect", .temporary(.answered)),
            (307, "redirect", .temporary(.answered)),
        ] as [(Int, String, Failure.Class)],
        ["", "<html>canary</html>", #"{"message": "canary"}"#, #"{"error": ""}"#, #"{"error": {"code": 400}}"#]
    )
    func statuses(row: (status: Int, code: String, class: Failure.Class), body: String) throws {
        let failure = try refused(.example(row.status, body, [.retryAfter: "9", .location: "https://evil.example/"]))
        #expect(failure.code == row.code)
        #expect(failure.class == row.class)
        #expect(!failure.detail.contains("canary") && !failure.detail.contains("evil"))
    }

    @Test("without Retry-After names no delay")
    func noRetryAfter() throws {
        #expect(try refused(.example(429, "")).class == .temporary(.answered))
        #expect(try refused(.example(503, "")).class == .temporary(.unknown))
    }

    @Test(
        "has a description that is made fit to be shown",
        arguments: [
            (#""Token expired.""#, "Token expired."),
            (#""a\u001b[31mred\u0007\r\nnext\tline""#, "a [31mred next line"),
            (#""\u202Eesrever\u2066\u2028x\u0085y""#, "esrever x y"),
            (#""  ünïcødé 🎉  ""#, "ünïcødé 🎉"),
            (#""\u0000\n""#, "the issuer gave no reason"), (#""""#, "the issuer gave no reason"),
            ("7", "the issuer gave no reason"), ("null", "the issuer gave no reason"),
        ]
    )
    func description(written: String, shown: String) throws {
        let body = #"{"error": "invalid_grant", "error_description": \#(written)}"#
        #expect(try refused(.example(400, body)).detail == shown)
    }

    @Test("has a description of at most 500 characters and a word of at most 64")
    func length() throws {
        let long = String(repeating: "é", count: 10_000)
        let failure = try refused(.example(400, #"{"error": "\#(long)", "error_description": "\#(long)"}"#))
        #expect(failure.detail == String(repeating: "é", count: 499) + "…")
        #expect(failure.code.count == 64)
    }

    @Test("does not repeat the refresh token, not even cut off at the end")
    func redaction() throws {
        let padding = String(repeating: "x", count: 490)
        for description in ["no canary-refresh-token here, canary-refresh-token", padding + "canary-refresh-token"] {
            let body = #"{"error": "canary-refresh-token", "error_description": "\#(description)"}"#
            let failure = try refused(.example(400, body))
            #expect(!failure.detail.contains("canary"))
            #expect(failure.detail.contains("[secret]"))
            #expect(failure.code == "[secret]")
        }
    }

    @Test("keeps its own word, though a very short refresh token stands in it")
    func shortToken() throws {
        let reply = EndpointReply.example(400, #"{"error": "invalid_grant"}"#)
        #expect(try refused(reply, .refresh(Secret("grant"))).class == .grantEnded)
    }

    @Test("is not seen where there is none")
    func success() throws {
        for body in ["", "{}", "not json", #"{"error": null}"#] {
            #expect(throws: Never.self) { try EndpointReply.example(200, body).check(.revocation) }
        }
        #expect(throws: Never.self) { try EndpointReply.example(204, "").check(.revocation) }
    }
}
