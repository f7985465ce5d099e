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
        for text in ["\(token)", String(reflecting: token), "\(login)", String(reflecting: login)] {
            #expect(!text.contains("very secret"))
        }
        var dumped = ""
        dump(token, to: &dumped)
        dump(login, to: &dumped)
        #expect(!dumped.contains("very secret"))
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
