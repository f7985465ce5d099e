import ArgumentParser
import LocalAPI
import TokenClient

/// `tokenctl refresh NAME`.
struct RefreshCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Refresh an account's token now and wait for the outcome."
    )

    @OptionGroup var account: AccountArgument
    @Flag(help: "Print what is known of the new token, without the token, as JSON.") var json = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let answer = try connection.client.ask(.refresh(account.name))
        if json { return try StandardOutput.writeLine(answer.json) }
        StandardError.say("refreshed \(account.name), good for \(TimeSpan.text(try answer.value().expiresIn))")
    }
}
