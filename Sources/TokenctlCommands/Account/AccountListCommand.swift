import ArgumentParser
import LocalAPI
import TokenClient

/// `tokenctl account list`.
struct AccountListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the accounts.")

    @Flag(help: "Print JSON, as the socket gives it.") var json = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let answer = try connection.client.ask(.accounts)
        if json { return try StandardOutput.writeLine(answer.json) }
        let rows = try answer.value().accounts.map { account in
            [TextTable.Cell(account.name), TextTable.Cell(account.provider), TextTable.Cell(account.issuer)]
        }
        let table = TextTable(titles: ["ACCOUNT", "PROVIDER", "ISSUER"], rows: rows)
        for line in table.lines(style: .ofStandardOutput) { try StandardOutput.writeLine(line) }
    }
}
