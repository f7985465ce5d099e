package import LocalAPI

/// The table of `tokenctl status`: what a person wants to know at a glance, and the command that mends what needs
/// mending.
package struct StatusTable: Sendable {
    package var accounts: [AccountStatus]
    package var now: Timestamp

    package init(accounts: [AccountStatus], now: Timestamp) {
        self.accounts = accounts
        self.now = now
    }

    /// The lines of the table, without newlines. Bars are drawn on terminals with colours only, and only as wide as the
    /// room that they leave for the last column.
    package func lines(style: Style) -> [String] {
        guard style.hasColour, let columns = style.size?.columns else {
            return table(barWidth: 0, style).lines(style: style)
        }
        let widest = [16, 8].first { table(barWidth: $0, style).columnsBeforeLast + $0 <= columns }
        return table(barWidth: widest ?? 0, style).lines(style: style)
    }

    private func table(barWidth: Int, _ style: Style) -> TextTable {
        TextTable(
            titles: ["ACCOUNT", "STATE", "TIME LEFT", "NEXT REFRESH", "LAST ERROR"],
            rows: accounts.map { account in
                [
                    TextTable.Cell(account.name),
                    TextTable.Cell(account.state.rawValue, Self.colour(account.state)),
                    timeLeft(account, barWidth: barWidth, style),
                    TextTable.Cell(next(account)),
                    lastError(account),
                ]
            }
        )
    }

    private func timeLeft(_ account: AccountStatus, barWidth: Int, _ style: Style) -> TextTable.Cell {
        guard let end = account.expiresAt else { return TextTable.Cell("-") }
        let left = TimeSpan.text(Int(end.seconds - now.seconds))
        guard barWidth > 0, let share = LifetimeBar.share(of: account, now: now) else { return TextTable.Cell(left) }
        let bar = LifetimeBar.parts(share, width: barWidth, hasUnicode: style.hasUnicode)
        return TextTable.Cell(parts: [
            .init(text: bar.filled, colour: LifetimeBar.colour(share)),
            .init(text: bar.empty, colour: .dim),
            .init(text: " " + left, colour: nil),
        ])
    }

    /// When the daemon acts next; where it waits for a person, what that person does.
    private func next(_ account: AccountStatus) -> String {
        switch account.state {
        case .loginRequired, .loggedOut: "run: tokenctl login \(account.name)"
        case .locked: "run: tokenctl unlock"
        case .refreshing: "now"
        case .waiting: account.retryAt.map { "try \(TimeSpan.text(from: now, to: $0))" } ?? "-"
        default:
            account.refreshesAt.map { TimeSpan.text(from: now, to: $0) } ?? "-"
        }
    }

    private func lastError(_ account: AccountStatus) -> TextTable.Cell {
        guard let error = account.lastError else { return TextTable.Cell("-") }
        let head = "\(error.code), \(TimeSpan.text(from: now, to: error.at))"
        return TextTable.Cell(error.detail.isEmpty ? head : "\(head): \(error.detail)", .red)
    }

    private static func colour(_ state: AccountStatus.State) -> Style.Colour {
        switch state {
        case .fresh: .green
        case .refreshing, .loginPending: .cyan
        case .waiting: .yellow
        case .misconfigured, .loginRequired, .locked: .red
        default: .dim
        }
    }
}
