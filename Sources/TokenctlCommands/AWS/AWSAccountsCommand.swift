import ArgumentParser
import LocalAPI
import TokenClient

/// `tokenctl aws accounts NAME`.
struct AWSAccountsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "List the AWS accounts in which the login has a role."
    )

    @OptionGroup var account: AccountArgument
    @Flag(help: "Print JSON, as the socket gives it.") var json = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let answer = try connection.client.ask(.awsAccounts(account.name))
        if json { return try StandardOutput.writeLine(answer.json) }
        let table = AWSTables.accounts(try answer.value().accounts)
        for line in table.lines(style: .ofStandardOutput) { try StandardOutput.writeLine(line) }
    }
}
