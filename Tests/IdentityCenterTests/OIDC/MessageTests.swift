import IdentityCenter
import OAuth
import Testing

@Suite("The replies of SSO-OIDC")
struct MessageTests {
    private func tokens(_ body: String, sentAt: Instant = Scene.now) throws(Failure) -> TokenSet {
        try CreateToken.read(
            Scene.reply(200, body, sentAt: sentAt),
            to: .refreshToken,
            from: try Region("us-east-1"),
            withholding: [Secret("canary-refresh-token")]
        )
    }

    @Test("give tokens, explicit nulls and unknown members notwithstanding")
    func tokens() throws {
        let body = """
            {"accessToken": "a", "tokenType": "Bearer", "expiresIn": 28800, "refreshToken": null, "idToken": null,
             "issuedTokenType": null, "originSessionId": null, "scope": null,
             "awsAdditionalDetails": {"identityContext": "canary"}, "error": null, "new": [{}]}
            """
        #expect(try tokens(body) == TokenSet(accessToken: Secret("a"), lifetime: .seconds(28_800)))
    }

    @Test(
        "count the lifetime in seconds from the sending, and take an epoch for what it is (behaviours 6 and 7)",
        arguments: [
            ("3600", .seconds(3600), false), (#""3600""#, .seconds(3600), false), ("1", .seconds(1), false),
            ("1795415580", .seconds(3600), true), ("999999999", .seconds(315_360_000), false),
        ] as [(String, Duration, Bool)]
    )
    func lifetimes(written: String, lifetime: Duration, wasAbsolute: Bool) throws {
        let read = try tokens(#"{"accessToken": "a", "expiresIn": \#(written)}"#)
        #expect(read.lifetime == lifetime)
        #expect(read.lifetimeWasAbsolute == wasAbsolute)
    }

    @Test("count an absolute lifetime from when the request was sent (behaviour 7)")
    func sentAt() throws {
        let body = #"{"accessToken": "a", "expiresIn": 1795415580}"#
        #expect(try tokens(body, sentAt: Scene.now.advanced(by: .seconds(-60))).lifetime == .seconds(3660))
    }

    @Test(
        "with a lifetime that is none give no token, but the rotated refresh token (behaviour 6)",
        arguments: ["0", "-1", #""soon""#, "{}", "true", "1579729529"]
    )
    func noLifetime(written: String) throws {
        let failure = try #require(
            refusal { () throws(Failure) in
                try tokens(#"{"accessToken": "a", "expiresIn": \#(written), "refreshToken": "new"}"#)
            }
        )
        #expect(failure.code == "invalid_lifetime")
        #expect(failure.class == .temporary(.answered))
        #expect(failure.rotatedRefreshToken == Secret("new"))
        #expect(failure.detail.contains("expiresIn"))
    }

    @Test(
        "that do not say how long a token lives leave it open (behaviour 6)",
        arguments: ["", #", "expiresIn": null"#]
    )
    func silentLifetime(member: String) throws {
        #expect(try tokens(#"{"accessToken": "a"\#(member)}"#).lifetime == nil)
    }

    @Test(
        "lose no rotated refresh token to a wrong type elsewhere",
        arguments: [
            #"{"accessToken": 7, "refreshToken": "new"}"#, #"{"refreshToken": "new"}"#,
            #"{"accessToken": "a\nb", "refreshToken": "new"}"#,
            #"{"accessToken": "a", "tokenType": ["x"], "refreshToken": "new"}"#,
        ]
    )
    func rotation(body: String) throws {
        let failure = try #require(refusal { () throws(Failure) in try tokens(body) })
        #expect(failure.rotatedRefreshToken == Secret("new"))
    }

    @Test("with wrong types beside the tokens are read all the same")
    func wrongTypes() throws {
        let body = #"{"accessToken": "a", "refreshToken": "r", "idToken": 7, "scope": {"x": 1}, "expiresIn": 60}"#
        #expect(
            try tokens(body) == TokenSet(accessToken: Secret("a"), lifetime: .seconds(60), refreshToken: Secret("r"))
        )
    }

    @Test("that are no JSON are no answer", arguments: ["", "<html>", "[]", "null"])
    func garbage(body: String) {
        let failure = refusal { () throws(Failure) in try tokens(body) }
        #expect(failure?.code == "not_json")
        #expect(failure?.class == .temporary(.unknown))
    }

    @Test(
        "begin a device login with AWS's own interval, else with five seconds (behaviour 4)",
        arguments: [
            (#", "interval": 1"#, 1), (#", "interval": 7"#, 7), (#", "interval": 0"#, 5), (#", "interval": null"#, 5),
            (#", "interval": "x""#, 5), (#", "interval": -1"#, 5), ("", 5),
        ]
    )
    func interval(member: String, seconds: Int) throws {
        let body = """
            {"deviceCode": "canary-code", "userCode": "ABCD-EFGH", "expiresIn": 600,
             "verificationUri": "https://device.sso.us-east-1.amazonaws.com/",
             "verificationUriComplete": "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH"\(member)}
            """
        let region = try Scene.region()
        let authorization = try StartDeviceAuthorization.read(Scene.reply(200, body), from: region)
        #expect(
            authorization
                == DeviceAuthorization(
                    deviceCode: Secret("canary-code"),
                    userCode: "ABCD-EFGH",
                    verificationURI: "https://device.sso.us-east-1.amazonaws.com/",
                    verificationURIComplete: "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH",
                    lifetime: .seconds(600),
                    interval: .seconds(seconds)
                )
        )
    }

    @Test(
        "begin no device login without what it needs",
        arguments: ["deviceCode", "userCode", "verificationUri", "expiresIn"]
    )
    func incompleteDeviceAuthorization(missing: String) throws {
        let members = [
            "deviceCode": #""d""#, "userCode": #""u""#, "verificationUri": #""https://a.example""#, "expiresIn": "600",
        ]
        let body = members.filter { $0.key != missing }.map { #""\#($0.key)": \#($0.value)"# }.joined(separator: ",")
        let region = try Scene.region()
        let failure = refusal { () throws(Failure) in
            try StartDeviceAuthorization.read(Scene.reply(200, "{\(body)}"), from: region)
        }
        #expect(failure?.code == "invalid_reply")
        #expect(failure?.detail.hasSuffix("no usable \(missing)") == true)
    }

    @Test(
        "answer a poll (behaviours 3 and 5)",
        arguments: [
            ("AuthorizationPendingException", "authorization_pending", 400, .pending),
            ("SlowDownException", "slow_down", 400, .slowDown(interval: nil)),
            ("AccessDeniedException", "access_denied", 400, .denied(detail: "What AWS says.")),
            (
                "ExpiredTokenException", "expired_token", 400,
                .expired(detail: "What AWS says; the code has expired: begin the login anew")
            ),
        ] as [(String, String, Int, DevicePoll)]
    )
    func poll(name: String, word: String, status: Int, answer: DevicePoll) throws {
        let region = try Scene.region()
        #expect(CreateToken.readPoll(Scene.error(name, word, status: status), from: region) == answer)
        let wordOnly = Scene.reply(status, #"{"error":"\#(word)","error_description":"What AWS says."}"#)
        #expect(CreateToken.readPoll(wordOnly, from: region) == answer)
    }

    @Test(
        "end a poll at once where asking again is of no use, and else not (behaviour 5)",
        arguments: [
            ("InvalidGrantException", "invalid_grant", 400, false),
            ("InvalidClientException", "invalid_client", 401, false),
            ("UnauthorizedClientException", "unauthorized_client", 400, false),
            ("InvalidRequestException", "invalid_request", 400, false), ("NewException", "new_word", 400, false),
            ("InternalServerException", "server_error", 500, true), ("TooManyRequestsException", "x", 429, true),
        ]
    )
    func pollFailures(name: String, word: String, status: Int, goesOn: Bool) throws {
        let answer = CreateToken.readPoll(Scene.error(name, word, status: status), from: try Scene.region())
        guard case .failed(let failure) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(failure.class.isTemporary == goesOn)
    }

    @Test("end a device login with tokens")
    func pollTokens() throws {
        let reply = Scene.reply(200, #"{"accessToken": "a", "expiresIn": 60, "refreshToken": "r"}"#)
        let tokens = TokenSet(accessToken: Secret("a"), lifetime: .seconds(60), refreshToken: Secret("r"))
        #expect(CreateToken.readPoll(reply, from: try Scene.region()) == .tokens(tokens))
    }

    @Test(
        "register a client until its end",
        arguments: [
            ("1803187980", .seconds(1_803_187_980)), ("0", nil), ("null", nil), ("-1", nil), ("1e300", nil),
            (#""x""#, nil),
        ] as [(String, Duration?)]
    )
    func registration(written: String, expiresAt: Duration?) throws {
        let body = """
            {"clientId": "c", "clientSecret": "canary", "clientIdIssuedAt": 1795411980,
             "clientSecretExpiresAt": \(written), "authorizationEndpoint": null, "tokenEndpoint": null}
            """
        let registration = try RegisterClient.read(Scene.reply(200, body), from: try Scene.region())
        #expect(
            registration == ClientRegistration(clientID: "c", clientSecret: Secret("canary"), expiresAt: expiresAt)
        )
    }

    @Test(
        "register no client without its id and secret",
        arguments: [
            (#"{"clientSecret": "s"}"#, "clientId"), (#"{"clientId": "", "clientSecret": "s"}"#, "clientId"),
            (#"{"clientId": "c"}"#, "clientSecret"), (#"{"clientId": "c", "clientSecret": null}"#, "clientSecret"),
        ]
    )
    func incompleteRegistration(body: String, missing: String) throws {
        let region = try Scene.region()
        let failure = refusal { () throws(Failure) in
            try RegisterClient.read(Scene.reply(200, body), from: region)
        }
        #expect(failure?.code == "invalid_reply")
        #expect(failure?.detail.hasSuffix(missing) == true)
    }

    @Test("are asked for with every text escaped as JSON wants it")
    func escapes() throws {
        let text = "a\"b\\c\u{0}\n\u{1F}é🎉/"
        let client = ClientRegistration(clientID: text, clientSecret: Secret(text))
        let request = CreateToken(.refreshToken(Secret(text)), client: client).request(to: try Scene.oidc())
        #expect(
            try request.json
                == .object([
                    "clientId": .text(text), "clientSecret": .text(text), "refreshToken": .text(text),
                    "grantType": .text("refresh_token"),
                ])
        )
    }
}
