import LocalAPI
import Testing
import TokenctlCommands

@Suite struct TerminalTextTests {
    @Test(
        "What could move the cursor or turn the text is shown as a question mark",
        arguments: [
            ("plain \u{E4}\u{1F600}", "plain \u{E4}\u{1F600}"), ("a\u{1B}[31mb", "a?[31mb"), ("a\r\nb\tc", "a??b?c"),
            ("a\u{9B}b\u{7F}", "a?b?"), ("a\u{202E}b\u{2066}", "a?b?"),
        ]
    )
    func printable(text: String, shown: String) { #expect(text.printable == shown) }

    @Test(
        "Wide characters take two columns",
        arguments: [("", 0), ("abc", 3), ("\u{4E2D}\u{6587}", 4), ("e\u{301}", 1)]
    )
    func columns(text: String, count: Int) { #expect(text.columns == count) }

    @Test(
        "A text is cut where the room ends",
        arguments: [("hello", 5, "hello"), ("hello", 4, "hel…"), ("\u{4E2D}\u{6587}\u{5B57}", 4, "\u{4E2D}…")]
    )
    func cut(text: String, limit: Int, shown: String) { #expect(text.cut(to: limit, mark: "…") == shown) }

    @Test("An event is one JSON object on one line")
    func event() {
        let event = ServerEvent(id: 3, kind: .token, data: "{\"account\":\"work\"}")
        #expect(event.json == "{\"id\":3,\"event\":\"token\",\"data\":{\"account\":\"work\"}}")
    }

    @Test("An account is described by what is known of it")
    func account() {
        let now = Timestamp(seconds: 1_800_000_000)
        let account = AccountStatus(
            name: "work",
            provider: "oauth2",
            issuer: "https://i",
            state: .fresh,
            expiresAt: Timestamp(seconds: now.seconds + 60),
            scopes: ["a", "b"],
            refreshable: true
        )
        #expect(
            AccountDescription.lines(of: account, now: now) == [
                "account        work",
                "state          fresh",
                "provider       oauth2",
                "issuer         https://i",
                "scopes         a b",
                "expires        2027-01-15T08:01:00Z (in 1 min)",
                "refreshable    yes",
            ]
        )
    }
}
