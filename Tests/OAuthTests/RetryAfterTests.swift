import HTTPTypes
import OAuth
import Testing

@Suite("HTTP dates")
struct HTTPDateTests {
    /// 2026-11-23.
    static let now: Int64 = 1_795_411_980

    @Test(
        "are read in all three forms of RFC 9110",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
            ("Mon, 23 Nov 2026 05:33:00 GMT", 1_795_411_980),
        ] as [(String, Int64)]
    )
    func forms(text: String, seconds: Int64) {
        #expect(HTTPDate(text, now: Self.now)?.seconds == seconds)
    }

    @Test(
        "with two digits for the year mean one at most fifty years ahead",
        arguments: [(76, 2076), (77, 1977), (0, 2000)]
    )
    func twoDigits(written: Int, meant: Int) {
        let text = written < 10 ? "0\(written)" : "\(written)"
        #expect(
            HTTPDate("Friday, 01-Jan-\(text) 00:00:00 GMT", now: Self.now)
                == HTTPDate("Fri, 01 Jan \(meant) 00:00:00 GMT", now: Self.now)
        )
    }

    @Test(
        "that are none are refused",
        arguments: [
            "", "tomorrow", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nob 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 Nov 994 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT", "Sun, x6 Nov 1994 08:49:37 GMT",
            "1994-11-06T08:49:37Z",
        ]
    )
    func garbage(text: String) {
        #expect(HTTPDate(text, now: Self.now) == nil)
    }
}

@Suite("Retry-After")
struct RetryAfterTests {
    @Test(
        "gives a delay",
        arguments: [
            ("120", 120), ("0", 0), ("86400", 86_400), ("86401", 86_400), ("99999999999999999999999", 86_400),
            ("Mon, 23 Nov 2026 05:35:00 GMT", 120), ("Monday, 23-Nov-26 05:35:00 GMT", 120),
            ("Mon Nov 23 05:35:00 2026", 120), ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400),
        ]
    )
    func delay(text: String, seconds: Int) {
        #expect(EndpointReply.example(503, "", [.retryAfter: text]).retryAfter == .seconds(seconds))
    }

    @Test(
        "that makes no sense asks for nothing",
        arguments: ["", "-1", "1.5", "soon", "120 seconds", "Mon, 23 Nov 2026 05:32:59 GMT", "+5"]
    )
    func garbage(text: String) {
        #expect(EndpointReply.example(503, "", [.retryAfter: text]).retryAfter == nil)
        #expect(EndpointReply.example(503, "").retryAfter == nil)
    }

    @Test("as a date is measured by the issuer's clock, not by ours")
    func skew() {
        let fields: HTTPFields = [
            .date: "Sun, 06 Nov 1994 08:49:37 GMT", .retryAfter: "Sun, 06 Nov 1994 08:50:37 GMT",
        ]
        #expect(EndpointReply.example(503, "", fields).retryAfter == .seconds(60))
        let unreadable: HTTPFields = [.date: "garbage", .retryAfter: "Mon, 23 Nov 2026 05:33:30 GMT"]
        #expect(EndpointReply.example(503, "", unreadable).retryAfter == .seconds(30))
    }
}
