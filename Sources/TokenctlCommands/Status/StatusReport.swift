package import LocalAPI
package import TokenClient

/// What `tokenctl status` shows: the daemon, and every account or the one that was asked for.
package struct StatusReport: Sendable {
    package var daemon: Answer<DaemonStatus>
    package var accounts: [AccountStatus]
    /// `"accounts":[…]`, each as the socket gave it.
    private var accountsMember: [UInt8]

    /// Asks the daemon, and gives each of the two questions so many seconds. Throws `unknownAccount` where there is no
    /// such account.
    package init(
        of account: String?,
        from client: TokenClient,
        within timeout: Int = Request.promptly
    ) throws(TokenClientError) {
        daemon = try client.ask(.status.within(timeout))
        if let account {
            let answer = try client.ask(.account(account).within(timeout))
            accounts = [try answer.value()]
            accountsMember = Array("\"accounts\":[".utf8) + answer.json + Array("]".utf8)
        } else {
            let answer = try client.ask(.accounts.within(timeout))
            accounts = try answer.value().accounts
            accountsMember = Self.members(of: answer.json)
        }
    }

    /// `{"daemon":{…},"accounts":[…]}`, with every member as the socket gave it, those of a newer daemon included.
    package var json: [UInt8] {
        Array("{\"daemon\":".utf8) + daemon.json + Array(",".utf8) + accountsMember + Array("}".utf8)
    }

    /// The lines for people.
    package func lines(now: Timestamp, style: Style) throws(TokenClientError) -> [String] {
        let summary = DaemonSummary.lines(of: try daemon.value(), style: style)
        guard !accounts.isEmpty else { return summary }
        return summary + [""] + StatusTable(accounts: accounts, now: now).lines(style: style)
    }

    /// A JSON object, known to be one, without its braces.
    private static func members(of object: [UInt8]) -> [UInt8] {
        let inside = object.drop { $0 != UInt8(ascii: "{") }.dropFirst()
        return Array(inside[..<(inside.lastIndex(of: UInt8(ascii: "}")) ?? inside.endIndex)])
    }
}
