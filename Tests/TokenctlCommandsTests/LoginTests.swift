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

    @Test(
        "Only a web address is opened",
        arguments: [
            ("https://i.example", true), ("http://localhost:1", true), ("file:///etc/passwd", false), ("-x", false),
            ("javascript:x", false), ("", false), ("HTTPS://i.example", false),
        ]
    )
    func addresses(address: String, isOpened: Bool) { #expect(BrowserWindow.isWebAddress(address) == isOpened) }
}
