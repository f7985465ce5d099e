import FoundationEssentials
import LocalAPI
import Testing

@Suite("Types on the wire")
struct WireTests {
    @Test("A problem is as RFC 9457 has it, with every member there")
    func problem() throws {
        let members = try Sample.json(Problem(.waitTimeout, "not yet", account: "work", retryAfter: 3, fix: "wait"))
        #expect(
            members
                == .object([
                    "type": .string("about:blank"), "title": .string("not ready in time"), "status": .number(504),
                    "detail": .string("not yet"), "code": .string("wait_timeout"), "account": .string("work"),
                    "retry_after": .number(3), "fix": .string("wait"),
                ])
        )
        let bare = try Sample.json(Problem(.forbidden, "no"))
        #expect([bare["account"], bare["retry_after"], bare["fix"]] == [.null, .null, .null])
    }

    @Test(
        "Each problem code has the status of the contract",
        arguments: [
            (.unknownAccount, 404), (.loginRequired, 409), (.misconfigured, 409), (.accessDenied, 403),
            (.temporarilyUnavailable, 503), (.waitTimeout, 504), (.issuerError, 502), (.locked, 423),
            (.forbidden, 403), (.invalidRequest, 400), (.notFound, 404), (.methodNotAllowed, 405), (.conflict, 409),
            (.tooLarge, 413), (.tooMany, 429),
        ] as [(Problem.Code, Int)]
    )
    func status(code: Problem.Code, status: Int) {
        #expect(code.status == status)
    }

    @Test("An account without values shows them as null")
    func account() throws {
        let members = try Sample.json(AccountStatus(name: "work", provider: "oauth", issuer: "i", state: .loggedOut))
        for name in ["expires_at", "refreshes_at", "last_refresh_at", "last_error", "retry_at", "subject", "user"] {
            #expect(members[name] == .null, "\(name)")
        }
        #expect(members["state"] == .string("logged_out"))
        #expect(try Sample.json(Sample.account)["last_error"]?["at"] == .string("2026-11-23T05:33:00Z"))
    }

    @Test("A token never shows in a description")
    func redacted() {
        let token = Sample.token("very secret")
        let login = LoginRequest(refreshToken: "very secret")
        let code = LoginRequest(code: "very secret", codeVerifier: "very secret")
        for value in [token, login, code, Sample.credentials] as [any Sendable] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), dumped] { #expect(!text.contains("very secret")) }
        }
    }

    @Test("Role credentials have the form of a credential_process, and are read as they were written")
    func roleCredentials() throws {
        #expect(
            try Sample.json(Sample.credentials)
                == .object([
                    "Version": .number(1), "AccessKeyId": .string("ASIAEXAMPLE"),
                    "SecretAccessKey": .string("very secret key"), "SessionToken": .string("very secret token"),
                    "Expiration": .string("2026-11-23T05:33:00Z"),
                ])
        )
        let json = try JSONEncoder().encode(Sample.credentials)
        #expect(try JSONDecoder().decode(RoleCredentialsAnswer.self, from: json) == Sample.credentials)
        let later = Data(String(decoding: json, as: UTF8.self).replacing("\"Version\":1", with: "\"Version\":2").utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(RoleCredentialsAnswer.self, from: later) }
    }

    @Test("The ids of AWS accounts keep their leading zeros on the wire (behaviour 24)")
    func leadingZeros() throws {
        #expect(try Sample.json(Sample.role)["account_id"] == .string("012345678901"))
        #expect(try Sample.json(Sample.awsAccount(nil))["account_id"] == .string("012345678901"))
        #expect(try Sample.json(Sample.awsRole)["account_id"] == .string("012345678901"))
    }

    @Test(
        "A role that cannot be asked for is told from one that can",
        arguments: [
            ("012345678901", "Admin", true), ("012345678901", "Admin Role+x/y@z=1,2", true),
            ("12345678901", "Admin", false), ("01234567890a", "Admin", false), ("", "Admin", false),
            ("012345678901", "", false), ("012345678901", "a\nb", false), ("012345678901", "a\u{7F}", false),
        ]
    )
    func askable(accountID: String, role: String, isAskable: Bool) {
        #expect((RoleCredentialsRequest(accountID: accountID, role: role).objection == nil) == isAskable)
    }

    @Test(
        "A login that contradicts itself is told from one that can be meant",
        arguments: [
            (LoginRequest(), true), (LoginRequest(flow: "browser", force: true), true),
            (LoginRequest(code: "c", redirectURI: "u", codeVerifier: "v"), true), (LoginRequest(code: "c"), true),
            (LoginRequest(refreshToken: "r", code: "c"), false), (LoginRequest(flow: "device", code: "c"), false),
            (LoginRequest(flow: "device", refreshToken: "r"), false), (LoginRequest(redirectURI: "u"), false),
            (LoginRequest(refreshToken: "r", codeVerifier: "v"), false), (LoginRequest(code: ""), false),
            (LoginRequest(code: "c", codeVerifier: ""), false), (LoginRequest(refreshToken: ""), false),
        ]
    )
    func logins(request: LoginRequest, isMeant: Bool) {
        #expect((request.objection == nil) == isMeant)
    }

    @Test("A server-sent event ends with an empty line")
    func event() {
        let event = ServerEvent(id: 7, kind: .state, data: #"{"account":"work"}"#)
        #expect(event.wire == "id: 7\nevent: state\ndata: {\"account\":\"work\"}\n\n")
    }

    @Test(
        "Times are RFC 3339 in UTC, both ways",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_411_980, "2026-11-23T05:33:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ]
    )
    func timestamps(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).text == text)
        #expect(Timestamp(text)?.seconds == seconds)
    }

    @Test(
        "Other forms of a time are not read",
        arguments: [
            "", "2026-11-23", "2026-11-23T05:33:00", "2026-11-23T05:33:00+00:00", "2026-11-23T05:33:00.5Z",
            "2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23 05:33:00Z", "2O26-11-23T05:33:00Z",
        ]
    )
    func notTimestamps(text: String) {
        #expect(Timestamp(text) == nil)
    }
}
