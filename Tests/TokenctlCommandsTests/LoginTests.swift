import ArgumentParser
import LocalAPI
import Testing
import TokenctlCommands

@Suite struct LoginTests {
    private func login(_ state: LoginStatus.State, detail: String = "") -> LoginStatus {
        LoginStatus(
            id: "l1",
            account: "work",
            flow: "device",
            state: state,
            detail: detail,
            verificationURI: "https://i.example/device",
            verificationURIComplete: "https://i.example/device?user_code=WDJB-MJHT",
            userCode: "WDJB-MJHT",
            expiresAt: Timestamp(seconds: 1_800_000_600)
        )
    }

    @Test(
        "Every end of a login has its exit status",
        arguments: [
            (.denied, .issuer), (.failed, .issuer), (.expired, .temporary), (.cancelled, .temporary), (.done, nil),
        ] as [(LoginStatus.State, TokenctlCommands.ExitStatus?)]
    )
    func outcomes(state: LoginStatus.State, status: TokenctlCommands.ExitStatus?) {
        #expect(LoginOutcome.failure(of: login(state))?.status == status)
    }

    @Test("A login that failed says why, one that was lost how to go on")
    func words() {
        let failure = LoginOutcome.failure(of: login(.failed, detail: "invalid_client: no such client."))
        #expect(failure?.message == "the login to work failed: invalid_client: no such client")
        #expect(LoginOutcome.lost(login(.pending)).message.hasSuffix("run: tokenctl login work"))
        #expect(LoginOutcome.lost(login(.pending)).status == .temporary)
    }

    @Test("In a pipe the instructions are two lines")
    func instructions() {
        #expect(
            LoginInstructions.lines(for: login(.pending), style: .plain) == [
                "tokenctl: to log in to work, open https://i.example/device and enter the code WDJB-MJHT",
                "tokenctl: or open https://i.example/device?user_code=WDJB-MJHT",
            ]
        )
    }

    @Test("The QR code is drawn only where it fits and comes out right")
    func symbol() {
        func count(_ columns: Int, _ lines: Int, colour: Bool = true, unicode: Bool = true) -> Int {
            let size = Style.Size(columns: columns, lines: lines)
            let style = Style(size: size, hasColour: colour, hasUnicode: unicode)
            return LoginInstructions.lines(for: login(.pending), style: style).count
        }
        #expect(count(80, 40) > 10)
        #expect(count(80, 20) == 2)
        #expect(count(30, 40) == 2)
        #expect(count(80, 40, colour: false) == 2)
        #expect(count(80, 40, unicode: false) == 2)
    }

    @Test("The progress line tells how long there is")
    func progress() {
        let line = LoginInstructions.progress(of: login(.pending), now: Timestamp(seconds: 1_800_000_000))
        #expect(line == "tokenctl: waiting for the login to be approved, 10 min left (Ctrl-C cancels)")
    }

    @Test("In the browser flow the one line shows the address, and no code")
    func browserInstructions() {
        let login = LoginStatus(
            id: "l1",
            account: "work",
            flow: "browser",
            state: .pending,
            authorizationURI: "https://i.example/authorize?x=1"
        )
        #expect(
            LoginInstructions.lines(for: login, style: .plain) == [
                "tokenctl: to log in to work, open https://i.example/authorize?x=1"
            ]
        )
    }

    @Test(
        "An address is opened by the program that is meant for it, and by none where nobody could see it",
        arguments: [
            ([:], nil), (["DISPLAY": ""], nil), (["DISPLAY": ":0"], ["xdg-open", "https://i/?a=b c"]),
            (["WAYLAND_DISPLAY": "wayland-0"], ["xdg-open", "https://i/?a=b c"]),
            (["BROWSER": "wslview"], ["wslview", "https://i/?a=b c"]),
            (["BROWSER": "firefox -P %s -new:lynx", "DISPLAY": ":0"], ["firefox", "-P", "https://i/?a=b c", "-new"]),
            (["BROWSER": "", "DISPLAY": ":0"], ["xdg-open", "https://i/?a=b c"]),
        ] as [([String: String], [String]?)]
    )
    func browsers(environment: [String: String], words: [String]?) {
        #expect(BrowserWindow.command(for: "https://i/?a=b c") { environment[$0] } == words)
        #expect(BrowserWindow.command(for: "file:///etc/passwd") { environment[$0] } == nil)
    }

    @Test(
        "Secrets on standard input are lines, whatever white space is around them",
        arguments: [
            ("code", ["code"]), ("  code \r\n", ["code"]), ("code\nverifier\n", ["code", "verifier"]),
            ("\n\ncode\n \nverifier", ["code", "verifier"]), ("", nil), (" \n\t\n", nil), ("two words", nil),
            ("code\nb\u{7F}d", nil), ("c\u{F6}de", nil),
        ] as [(String, [String]?)]
    )
    func secrets(text: String, secrets: [String]?) {
        #expect(StandardInput.secrets(in: Array(text.utf8)) == secrets)
    }

    @Test(
        "Ways to log in that exclude each other are refused",
        arguments: [
            ["--device", "--browser"], ["--code-stdin", "--refresh-token-stdin"], ["--code-stdin", "--device"],
            ["--redirect-uri", "http://127.0.0.1/"], ["--refresh-token-stdin", "--redirect-uri", "http://127.0.0.1/"],
        ]
    )
    func contradictions(options: [String]) {
        #expect(throws: (any Error).self) { try Tokenctl.parseAsRoot(["login", "work"] + options) }
    }

    @Test(
        "Ways to log in that make sense are accepted",
        arguments: [
            [], ["--browser"], ["--no-browser"], ["--device", "--no-browser"], ["--code-stdin", "--force"],
            ["--code-stdin", "--redirect-uri", "http://127.0.0.1/"],
        ]
    )
    func ways(options: [String]) throws { _ = try Tokenctl.parseAsRoot(["login", "work"] + options) }

    @Test(
        "Only a web address is opened",
        arguments: [
            ("https://i.example", true), ("http://localhost:1", true), ("file:///etc/passwd", false), ("-x", false),
            ("javascript:x", false), ("", false), ("HTTPS://i.example", false),
        ]
    )
    func addresses(address: String, isOpened: Bool) { #expect(BrowserWindow.isWebAddress(address) == isOpened) }
}
