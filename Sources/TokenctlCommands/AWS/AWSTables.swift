package import LocalAPI

/// What AWS lists, for people.
package enum AWSTables {
    /// One line an AWS account.
    package static func accounts(_ accounts: [AWSAccountsAnswer.Account]) -> TextTable {
        table(
            ["AWS ACCOUNT", "NAME", "EMAIL"],
            accounts.map { [$0.accountID, $0.accountName ?? "-", $0.email ?? "-"] }
        )
    }

    /// One line a role; without the column of names where none is known.
    package static func roles(_ roles: [AssignedRole]) -> TextTable {
        guard roles.contains(where: { $0.accountName != nil }) else {
            return table(["AWS ACCOUNT", "ROLE"], roles.map { [$0.accountID, $0.role] })
        }
        return table(
            ["AWS ACCOUNT", "NAME", "ROLE"],
            roles.map { [$0.accountID, $0.accountName ?? "-", $0.role] }
        )
    }

    private static func table(_ titles: [String], _ rows: [[String]]) -> TextTable {
        TextTable(titles: titles, rows: rows.map { $0.map { TextTable.Cell($0) } })
    }
}
