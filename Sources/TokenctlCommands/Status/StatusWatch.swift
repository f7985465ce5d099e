import Glibc
import LocalAPI
import TokenClient

/// `tokenctl status --watch`: the same again whenever the daemon says that something happened.
///
/// On a terminal the table is redrawn in its place, once a second as well, for the times left run down. Elsewhere each
/// change is printed below the last. A daemon that goes is waited for.
struct StatusWatch {
    let client: TokenClient
    let account: String?
    let json: Bool

    /// Runs until the person has seen enough, which is no failure. Throws what the first look at the daemon throws.
    func run() throws {
        let signals = try SignalPipe([SIGINT, SIGTERM, SIGWINCH])
        let keyboard = Keyboard()
        var screen = Screen(redraws: Style.ofStandardOutput.isTerminal && !json)
        var feed = try ChangeFeed(client)
        var report = try StatusReport(of: account, from: client)
        try show(report, on: &screen)

        while true {
            let isTicking = screen.redraws || !feed.isConnected
            let ready = readable(
                [signals.descriptor, keyboard.descriptor, feed.descriptor],
                within: isTicking ? 1000 : -1
            )
            if ready.contains(signals.descriptor), signals.take().contains(where: { $0 != SIGWINCH }) { return }
            if ready.contains(keyboard.descriptor), keyboard.pressed()?.contains("q") ?? true { return }

            let hasChanged =
                if !feed.isConnected { feed.reconnect() } else { ready.contains(feed.descriptor) && feed.take() }
            screen.note = feed.isConnected ? nil : "the daemon is gone; waiting for it"
            if hasChanged, let new = try? StatusReport(of: account, from: client) { report = new }
            if hasChanged || screen.redraws { try show(report, on: &screen) }
        }
    }

    private func show(_ report: StatusReport, on screen: inout Screen) throws {
        if json { return try StandardOutput.writeLine(report.json) }
        try screen.show(report.lines(now: .now, style: .ofStandardOutput))
    }
}
