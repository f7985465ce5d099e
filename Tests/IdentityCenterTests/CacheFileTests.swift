import FoundationEssentials
import IdentityCenter
import OAuth
import Testing

/// The form of the files in `~/.aws/sso/cache`.
@Suite("A token file of AWS's tools") struct CacheFileTests {
    private static let file = CacheFile(
        startURL: "https://corp.awsapps.com/start",
        region: "us-east-1",
        accessToken: Secret("at/1"),
        expiresAt: .milliseconds(1_795_404_584_900),
        refreshToken: Secret("rt"),
        client: ClientRegistration(clientID: "id", clientSecret: Secret("cs"), expiresAt: .seconds(1_803_180_584))
    )

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(
        "has the name that AWS's CLI gives it: the SHA-1 of the session's name, or of the URL as written (behaviour 27)"
    )
    func names() {
        #expect(CacheFile.name(session: "my-sso") == "0ad374308c5a4e22f723adf10145eafad7c4031c.json")
        let start = "https://corp.awsapps.com/start"
        #expect(CacheFile.name(startURL: start) == "a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json")
        #expect(CacheFile.name(startURL: start + "/") == "21d83a90f8cda0e9d684457da289f57c42db0dd8.json")
    }

    @Test("shows the access token alone where it is private, and whole seconds ending in Z (behaviour 27)")
    func privateForm() throws {
        #expect(
            Self.text(try Self.file.shown(.private).bytes())
                == #"{"accessToken":"at/1","expiresAt":"2026-11-23T03:29:44Z","region":"us-east-1","#
                + #""startUrl":"https://corp.awsapps.com/start"}"#
        )
    }

    @Test("shows all eight members where it is shared (behaviour 27)")
    func sharedForm() throws {
        #expect(
            Self.text(try Self.file.shown(.shared).bytes())
                == #"{"accessToken":"at/1","clientId":"id","clientSecret":"cs","expiresAt":"2026-11-23T03:29:44Z","#
                + #""refreshToken":"rt","region":"us-east-1","registrationExpiresAt":"2027-02-21T03:29:44Z","#
                + #""startUrl":"https://corp.awsapps.com/start"}"#
        )
    }

    @Test("comes back as it went", arguments: [CacheFile.Mode.private, .shared])
    func roundTrip(mode: CacheFile.Mode) throws {
        #expect(CacheFile(try Self.file.shown(mode).bytes()) == Self.file.shown(mode))
    }

    @Test("keeps what others have put into it, and nothing of the login that was in it")
    func unknownMembers() throws {
        let old = #"{"accessToken":"old","refreshToken":"old","extra":{"a":[1,2.5,true,null,"x"]},"issuer":"me"}"#
        #expect(
            Self.text(try Self.file.shown(.private).bytes(replacing: Array(old.utf8)))
                == #"{"accessToken":"at/1","expiresAt":"2026-11-23T03:29:44Z","extra":{"a":[1,2.5,true,null,"x"]},"#
                + #""issuer":"me","region":"us-east-1","startUrl":"https://corp.awsapps.com/start"}"#
        )
        #expect(CacheFile(try Self.file.bytes(replacing: Array("{half".utf8))) == Self.file)
    }

    @Test(
        "is read whoever wrote the time (behaviour 27)",
        arguments: [
            "2026-11-23T03:29:44Z", "2026-11-23T03:29:44.5Z", "2026-11-23T03:29:44.540Z",
            "2026-11-23T03:29:44.123456789Z", "2026-11-23T03:29:44UTC", "2026-11-23T05:29:44+02:00",
            "2026-11-23T05:29:44.25+0200", "2026-11-22T22:29:44-05:00", "2026-11-23T03:29:44+00:00",
        ]
    )
    func times(text: String) {
        let file = CacheFile(Array(#"{"accessToken":"a","expiresAt":"\#(text)"}"#.utf8))
        #expect(file?.expiresAt == .seconds(1_795_404_584))
    }

    @Test(
        "is none where no token can be read from it",
        arguments: [
            "", "{", "[]", "null", "{}", #"{"accessToken":"a"}"#, #"{"expiresAt":"2026-11-23T03:29:44Z"}"#,
            #"{"accessToken":"","expiresAt":"2026-11-23T03:29:44Z"}"#,
            #"{"accessToken":7,"expiresAt":"2026-11-23T03:29:44Z"}"#,
            #"{"accessToken":"a","expiresAt":"tomorrow"}"#, #"{"accessToken":"a","expiresAt":1795404584}"#,
            #"{"accessToken":"a","expiresAt":"2026-11-23T03:29:44.Z"}"#,
            #"{"clientId":"c","clientSecret":"s","expiresAt":"2026-11-23T03:29:44Z"}"#,
        ]
    )
    func noTokenFile(text: String) {
        #expect(CacheFile(Array(text.utf8)) == nil)
    }

    @Test("shows no secret when it is dumped")
    func secrecy() {
        var dumped = ""
        dump(Self.file, to: &dumped)
        for secret in ["at/1", "\"rt\"", "\"cs\""] { #expect(!dumped.contains(secret)) }
    }
}

/// What is done about a file: every combination of what we hold, what we know and what is there.
@Suite("The upkeep of a token file") struct CacheFileUpkeepTests {
    private static let now = Duration.seconds(1_795_404_584)
    private static let client = ClientRegistration(clientID: "id", clientSecret: Secret("cs"))

    private static func file(
        _ token: String,
        left: Int = 3600,
        refreshToken: String? = "rt",
        region: String = "us-east-1"
    ) -> CacheFile {
        CacheFile(
            startURL: "https://corp.awsapps.com/start",
            region: region,
            accessToken: Secret(token),
            expiresAt: now + .seconds(left),
            refreshToken: refreshToken.map { Secret($0) },
            client: refreshToken.map { _ in client }
        )
    }

    private static let held = file("ours")
    private static let newer = file("theirs", left: 7200)

    /// One row: what is held, in which mode, the token known, what is found, and what follows.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var held: CacheFile?
        var mode = CacheFile.Mode.private
        var known: String?
        var found: CacheFileUpkeep.Found
        var expected: CacheFileUpkeep
    }

    private static let cases = [
        Case(testDescription: "absent at the start", held: held, found: .absent, expected: .write),
        Case(
            testDescription: "deleted (behaviour 29)",
            held: held,
            known: "ours",
            found: .absent,
            expected: .loggedOut
        ),
        Case(
            testDescription: "deleted before a renewal",
            held: held,
            known: "old",
            found: .absent,
            expected: .loggedOut
        ),
        Case(
            testDescription: "absent, and ours has ended",
            held: file("ours", left: 0),
            found: .absent,
            expected: .leave
        ),
        Case(testDescription: "absent, and nobody is logged in", held: nil, found: .absent, expected: .leave),
        Case(
            testDescription: "absent, and nobody is any more",
            held: nil,
            known: "ours",
            found: .absent,
            expected: .leave
        ),
        Case(testDescription: "damaged", held: held, found: .unreadable, expected: .write),
        Case(testDescription: "damaged, and nobody is logged in", held: nil, found: .unreadable, expected: .leave),
        Case(
            testDescription: "as it should be, private",
            held: held,
            found: .file(held.shown(.private)),
            expected: .leave
        ),
        Case(
            testDescription: "as it should be, shared",
            held: held,
            mode: .shared,
            found: .file(held),
            expected: .leave
        ),
        Case(testDescription: "shows too much", held: held, found: .file(held), expected: .write),
        Case(
            testDescription: "shows too little",
            held: held,
            mode: .shared,
            found: .file(held.shown(.private)),
            expected: .write
        ),
        Case(
            testDescription: "ours of before a renewal",
            held: held,
            known: "old",
            found: .file(file("old", left: 600)),
            expected: .write
        ),
        Case(
            testDescription: "ours of before a renewal that brought a shorter life",
            held: held,
            known: "old",
            found: .file(file("old", left: 7200)),
            expected: .write
        ),
        Case(testDescription: "older", held: held, found: .file(file("theirs", left: 600)), expected: .write),
        Case(testDescription: "as old as ours", held: held, found: .file(file("theirs")), expected: .write),
        Case(
            testDescription: "newer (behaviour 29)",
            held: held,
            known: "ours",
            found: .file(newer),
            expected: .adopt(newer)
        ),
        Case(
            testDescription: "newer at the start (behaviour 29)",
            held: held,
            found: .file(newer),
            expected: .adopt(newer)
        ),
        Case(
            testDescription: "newer, and ours has ended",
            held: file("ours", left: -60),
            found: .file(newer),
            expected: .adopt(newer)
        ),
        Case(
            testDescription: "newer, without means to renew it",
            held: held,
            found: .file(file("theirs", left: 7200, refreshToken: nil)),
            expected: .leave
        ),
        Case(
            testDescription: "newer, and neither can be renewed",
            held: file("ours", refreshToken: nil),
            found: .file(file("theirs", left: 7200, refreshToken: nil)),
            expected: .adopt(file("theirs", left: 7200, refreshToken: nil))
        ),
        Case(
            testDescription: "newer than ours, but both have ended",
            held: file("ours", left: -7200, refreshToken: nil),
            found: .file(file("theirs", left: -3600, refreshToken: nil)),
            expected: .leave
        ),
        Case(
            testDescription: "of another region",
            held: held,
            found: .file(file("theirs", left: 60, region: "eu-west-1")),
            expected: .leave
        ),
        Case(testDescription: "somebody's, and nobody is logged in", held: nil, found: .file(newer), expected: .leave),
    ]

    @Test("follows from what is held, what is known and what is found", arguments: cases)
    func decision(row: Case) {
        let upkeep = CacheFileUpkeep.decide(
            held: row.held,
            mode: row.mode,
            known: row.known.map { Secret($0) },
            found: row.found,
            at: Self.now
        )
        #expect(upkeep == row.expected)
    }
}
