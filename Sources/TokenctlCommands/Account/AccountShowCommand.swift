import ArgumentParser
import LocalAPI
import TokenClient

/// `tokenctl account show NAME`.
struct AccountShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show what is known of an account.")

    @OptionGroup var account: AccountArgument
    @Flag(help: "Print JSON, as the socket gives it.") var json = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let answer = try connection.client.ask(.account(account.name))
        if json { return try StandardOutput.writeLine(answer.json) }
        for line in AccountDescription.lines(of: try answer.value(), now: .now) { try StandardOutput.writeLine(line) }
    }
}
