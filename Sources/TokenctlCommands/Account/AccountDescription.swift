package import LocalAPI

/// Everything that is known of an account, for people: one line a fact.
package enum AccountDescription {
    /// The lines; a fact without a value has none.
    package static func lines(of account: AccountStatus, now: Timestamp) -> [String] {
        func moment(_ timestamp: Timestamp?) -> String? {
            timestamp.map { "\($0.text) (\(TimeSpan.text(from: now, to: $0)))" }
        }
        let facts: [(String, String?)] = [
            ("account", account.name),
            ("state", account.state.rawValue),
            ("provider", account.provider),
            ("issuer", account.issuer),
            ("subject", account.subject),
            ("user", account.user),
            ("scopes", account.scopes.isEmpty ? nil : account.scopes.joined(separator: " ")),
            ("expires", moment(account.expiresAt)),
            ("next refresh", moment(account.refreshesAt)),
            ("next try", moment(account.retryAt)),
            ("last refresh", moment(account.lastRefreshAt)),
            ("last error", account.lastError.map { "\($0.code): \($0.detail)" }),
            ("last error at", moment(account.lastError?.at)),
            ("refreshable", account.refreshable ? "yes" : "no"),
        ]
        return facts.compactMap { name, value in
            value.map { name + String(repeating: " ", count: 15 - name.count) + $0.printable }
        }
    }
}
