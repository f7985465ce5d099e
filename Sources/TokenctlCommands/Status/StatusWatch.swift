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

    /// Runs until the person has seen enough, which is no failure. Throws what the first look at the daemon throws, and
    /// later `unknownAccount`, when the account has left the configuration.
    ///
    /// Keys and signals are taken over only when there is something to see, and from then on no question to the daemon
    /// keeps them waiting for long.
    func run() throws {
        var screen = Screen(redraws: Style.ofStandardOutput.isTerminal && !json)
        var feed = try ChangeFeed(client)
        let report = try StatusReport(of: account, from: client)
        try show(report, on: &screen)
        try follow(&feed, from: report, on: &screen)
    }

    private func follow(_ feed: inout ChangeFeed, from first: StatusReport, on screen: inout Screen) throws {
        let signals = try SignalPipe([SIGINT, SIGTERM, SIGWINCH, SIGCONT])
        let keyboard = Keyboard()
        var report = first
        var isStale = false
        while true {
            let isTicking = isStale || screen.redraws || !feed.isConnected
            let ready = readable(
                [signals.descriptor, keyboard.descriptor, feed.descriptor],
                within: isTicking ? 1000 : -1
            )
            if ready.contains(signals.descriptor) {
                let taken = signals.take()
                if taken.contains(SIGINT) || taken.contains(SIGTERM) { return }
                if taken.contains(SIGCONT) { keyboard.takeOver() }
            }
            if ready.contains(keyboard.descriptor), keyboard.pressed()?.contains("q") ?? true { return }

            let hasChanged =
                if !feed.isConnected { feed.reconnect() } else { ready.contains(feed.descriptor) && feed.take() }
            screen.note = feed.isConnected ? nil : "the daemon is gone; waiting for it"
            isStale = isStale || hasChanged
            let new = isStale ? try news() : nil
            if let new {
                report = new
                isStale = false
            }
            if new != nil || screen.redraws { try show(report, on: &screen) }
        }
    }

    /// A new report; `nil` when the daemon does not give one now.
    private func news() throws(TokenClientError) -> StatusReport? {
        do {
            return try StatusReport(of: account, from: client, within: Request.briefly)
        } catch let error where error.code == .unknownAccount {
            throw error
        } catch {
            return nil
        }
    }

    private func show(_ report: StatusReport, on screen: inout Screen) throws {
        if json { return try StandardOutput.writeLine(report.json) }
        try screen.show(report.lines(now: .now, style: .ofStandardOutput))
    }
}
