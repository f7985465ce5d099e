import OAuth
import Testing

@Suite("A device authorization")
struct DeviceAuthorizationTests {
    /// A complete reply, in which a test replaces a member.
    private func body(replacing name: String? = nil, with value: String? = nil) -> String {
        var members = [
            "device_code": #""GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS""#, "user_code": #""WDJB-MJHT""#,
            "verification_uri": #""https://example.com/device""#, "expires_in": "1800", "interval": "5",
        ]
        if let name { members[name] = value }
        return "{" + members.map { #""\#($0)": \#($1)"# }.joined(separator: ", ") + "}"
    }

    @Test("is read as RFC 8628 section 3.2 shows it")
    func example() throws {
        let complete = #""https://example.com/device?user_code=WDJB-MJHT""#
        #expect(
            try DeviceAuthorization(.example(body(replacing: "verification_uri_complete", with: complete)))
                == DeviceAuthorization(
                    deviceCode: Secret("GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"),
                    userCode: "WDJB-MJHT",
                    verificationURI: "https://example.com/device",
                    verificationURIComplete: "https://example.com/device?user_code=WDJB-MJHT",
                    lifetime: .seconds(1800),
                    interval: .seconds(5)
                )
        )
    }

    @Test(
        "is polled every five seconds unless it says otherwise",
        arguments: [
            (nil, 5), ("0", 5), ("-1", 5), ("null", 5), (#""x""#, 5), ("[]", 5), ("1", 1), ("30", 30), (#""10""#, 10),
        ] as [(String?, Int)]
    )
    func interval(written: String?, seconds: Int) throws {
        let authorization = try DeviceAuthorization(.example(body(replacing: "interval", with: written)))
        #expect(authorization.interval == .seconds(seconds))
    }

    @Test("shows the user code as it came", arguments: ["a b", "GQVQ-JKEC", "wdjb mjht ", "ключ"])
    func userCode(code: String) throws {
        #expect(try DeviceAuthorization(.example(body(replacing: "user_code", with: #""\#(code)""#))).userCode == code)
    }

    @Test("may call the address verification_url, as Google does")
    func google() throws {
        let reply = body(replacing: "verification_url", with: #""https://www.google.com/device""#)
            .replacing(#""verification_uri": "https://example.com/device""#, with: #""other": 1"#)
        #expect(try DeviceAuthorization(.example(reply)).verificationURI == "https://www.google.com/device")
    }

    @Test("may count its lifetime in a string")
    func lifetime() throws {
        #expect(
            try DeviceAuthorization(.example(body(replacing: "expires_in", with: #""600""#))).lifetime == .seconds(600)
        )
    }

    @Test("does without a complete address that no browser should get")
    func complete() throws {
        let reply = body(replacing: "verification_uri_complete", with: #""javascript:alert(1)""#)
        #expect(try DeviceAuthorization(.example(reply)).verificationURIComplete == nil)
    }

    @Test(
        "that lacks something, or would write to the terminal, is refused",
        arguments: [
            ("device_code", nil), ("device_code", #""""#), ("device_code", "7"),
            ("user_code", nil), ("user_code", #""""#), ("user_code", #""a\u001b[2Jb""#), ("user_code", #""\u202Ea""#),
            ("verification_uri", nil), ("verification_uri", #""file:///etc/passwd""#),
            ("verification_uri", #""https://example.com/ --help""#), ("verification_uri", #""https://example.com/\n""#),
            ("expires_in", nil), ("expires_in", "0"), ("expires_in", "-5"), ("expires_in", "true"),
        ] as [(String, String?)]
    )
    func invalid(member: String, value: String?) throws {
        let reply = EndpointReply.example(body(replacing: member, with: value))
        let failure = try #require(failure { () throws(Failure) in try DeviceAuthorization(reply) })
        #expect(failure.code == "invalid_reply")
        #expect(failure.detail.hasSuffix(member))
    }

    @Test("that is refused says why")
    func refusal() {
        let reply = EndpointReply.example(401, #"{"error": "invalid_client"}"#)
        #expect(failure { () throws(Failure) in try DeviceAuthorization(reply) }?.class == .misconfigured)
        let page = EndpointReply.example("<html>")
        #expect(failure { () throws(Failure) in try DeviceAuthorization(page) }?.code == "not_json")
    }
}

@Suite("A poll of a device login")
struct DevicePollTests {
    @Test(
        "is read as RFC 8628 section 3.5 says",
        arguments: [
            (#"{"error": "authorization_pending"}"#, .pending),
            (#"{"error": "authorization_pending", "interval": 30}"#, .pending),
            (#"{"error": "slow_down"}"#, .slowDown(interval: nil)),
            (#"{"error": "slow_down", "interval": 10}"#, .slowDown(interval: .seconds(10))),
            (#"{"error": "slow_down", "interval": "12"}"#, .slowDown(interval: .seconds(12))),
            (#"{"error": "slow_down", "interval": -1}"#, .slowDown(interval: nil)),
            (#"{"error": "access_denied", "error_description": "No."}"#, .denied(detail: "No.")),
            (#"{"error": "expired_token", "error_description": "Late."}"#, .expired(detail: "Late.")),
            (
                #"{"error": "invalid_grant", "error_description": "Used."}"#,
                .failed(Failure(.denied, code: "invalid_grant", detail: "Used."))
            ),
            (
                #"{"error": "something_new", "error_description": "Hm."}"#,
                .failed(Failure(.denied, code: "something_new", detail: "Hm."))
            ),
            (
                #"{"error": "invalid_client", "error_description": "Who?"}"#,
                .failed(Failure(.misconfigured, code: "invalid_client", detail: "Who?"))
            ),
        ] as [(String, DevicePoll)],
        [200, 400, 401]
    )
    func errors(row: (body: String, poll: DevicePoll), status: Int) {
        #expect(DevicePoll(.example(status, row.body)) == row.poll)
    }

    @Test("brings the tokens in the end")
    func tokens() {
        #expect(
            DevicePoll(.example(#"{"access_token": "a", "token_type": "bearer", "expires_in": 60}"#))
                == .tokens(TokenSet(accessToken: Secret("a"), lifetime: .seconds(60)))
        )
    }

    @Test("that comes to nothing may be repeated", arguments: [(503, ""), (429, ""), (200, "<html>"), (302, "")])
    func temporary(status: Int, body: String) throws {
        guard case .failed(let failure) = DevicePoll(.example(status, body)), case .temporary = failure.class else {
            Issue.record("not a temporary failure")
            return
        }
    }
}
