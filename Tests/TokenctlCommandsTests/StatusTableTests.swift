import LocalAPI
import Testing
import TokenctlCommands

@Suite struct StatusTableTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func moment(_ offset: Int64) -> Timestamp { Timestamp(seconds: now.seconds + offset) }

    private var accounts: [AccountStatus] {
        [
            AccountStatus(
                name: "work",
                provider: "oauth2",
                issuer: "https://i",
                state: .fresh,
                expiresAt: moment(1800),
                refreshesAt: moment(600),
                lastRefreshAt: moment(-1800)
            ),
            AccountStatus(
                name: "corp",
                provider: "oauth2",
                issuer: "https://i",
                state: .loginRequired,
                lastError: AccountStatus.LastError(code: "invalid_grant", detail: "gone\u{1B}[2J", at: moment(-180))
            ),
            AccountStatus(
                name: "slow",
                provider: "oauth2",
                issuer: "https://i",
                state: .waiting,
                expiresAt: moment(30),
                retryAt: moment(5)
            ),
        ]
    }

    private func lines(_ style: Style) -> [String] { StatusTable(accounts: accounts, now: now).lines(style: style) }

    private func terminal(_ columns: Int, colour: Bool = true, unicode: Bool = true) -> Style {
        Style(size: Style.Size(columns: columns, lines: 24), hasColour: colour, hasUnicode: unicode)
    }

    private func bare(_ lines: [String]) -> [String] { lines.map { $0.replacing(/\u{1B}\[\d+m/, with: "") } }

    @Test("In a pipe there are words only, and none is cut")
    func plain() {
        #expect(
            lines(.plain) == [
                "ACCOUNT  STATE           TIME LEFT  NEXT REFRESH              LAST ERROR",
                "work     fresh           30 min     in 10 min                 -",
                "corp     login_required  -          run: tokenctl login corp  invalid_grant, 3 min ago: gone?[2J",
                "slow     waiting         30 s       try in 5 s                -",
            ]
        )
    }

    @Test("On a terminal the time left is a bar as well")
    func bars() {
        #expect(
            bare(lines(terminal(120)))[1]
                == "work     fresh           ████████░░░░░░░░ 30 min  in 10 min                 -"
        )
        #expect(
            bare(lines(terminal(80)))[1] == "work     fresh           ████░░░░ 30 min  in 10 min                 -"
        )
        #expect(bare(lines(terminal(120, unicode: false)))[1].contains("########-------- 30 min"))
        #expect(!lines(terminal(60))[1].contains("█"))
    }

    @Test("Where no colour is wanted there are no bars either")
    func noColour() {
        #expect(lines(terminal(120, colour: false)) == lines(.plain))
    }

    @Test("No line is wider than a terminal of common width", arguments: [72, 80, 100, 132])
    func width(columns: Int) {
        for line in bare(lines(terminal(columns))) { #expect(line.columns <= columns) }
    }

    @Test("What needs a person is red")
    func colours() {
        #expect(lines(terminal(120))[2].contains("\u{1B}[31mlogin_required\u{1B}[0m"))
    }

    @Test("Every state says what comes next", arguments: AccountStatus.State.allCases)
    func states(state: AccountStatus.State) {
        let account = AccountStatus(
            name: "a",
            provider: "p",
            issuer: "i",
            state: state,
            refreshesAt: moment(60),
            retryAt: moment(5)
        )
        let line = StatusTable(accounts: [account], now: now).lines(style: .plain)[1]
        let next =
            switch state {
            case .fresh, .loginPending, .misconfigured: "in 1 min"
            case .refreshing: "now"
            case .waiting: "try in 5 s"
            case .loginRequired, .loggedOut: "run: tokenctl login a"
            case .locked: "run: tokenctl unlock"
            default: "nothing is expected of \(state)"
            }
        #expect(line.contains(next))
    }

    @Test("A state that only a newer daemon knows is shown by its word")
    func newerState() {
        let account = AccountStatus(name: "a", provider: "p", issuer: "i", state: .init(rawValue: "asleep"))
        #expect(StatusTable(accounts: [account], now: now).lines(style: .plain)[1].hasPrefix("a        asleep "))
    }

    @Test(
        "The share of a life that is left",
        arguments: [(0, 1.0), (900, 0.75), (3600, 0.0), (7200, 0.0), (-60, 1.0)] as [(Int64, Double)]
    )
    func share(age: Int64, share: Double) {
        let account = AccountStatus(
            name: "a",
            provider: "p",
            issuer: "i",
            state: .fresh,
            expiresAt: moment(3600),
            lastRefreshAt: now
        )
        #expect(LifetimeBar.share(of: account, now: moment(age)) == share)
    }

    @Test("A bar is empty only when nothing is left", arguments: [(0.0, 0), (0.01, 1), (0.5, 4), (1.0, 8)])
    func filled(share: Double, count: Int) {
        let parts = LifetimeBar.parts(share, width: 8, hasUnicode: true)
        #expect(parts.filled.count == count)
        #expect(parts.empty.count == 8 - count)
    }

    @Test("What is wrong with the daemon has a line of its own")
    func daemon() {
        let well = DaemonStatus(
            version: "1.2",
            pid: 7,
            startedAt: now,
            uptime: 3700,
            store: .healthy,
            accounts: 0,
            states: [:],
            pendingLogins: 0,
            connections: 1,
            configuration: "/c"
        )
        #expect(DaemonSummary.lines(of: well, style: .plain) == ["tokend 1.2, up 1 h 1 min, pid 7"])
        var ill = well
        ill.store = .degraded
        ill.locked = true
        ill.configurationError = "line 3"
        ill.hint = "add one"
        #expect(DaemonSummary.lines(of: ill, style: .plain).count == 5)
    }
}
