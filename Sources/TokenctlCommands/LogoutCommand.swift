import ArgumentParser
import LocalAPI
import TokenClient

/// `tokenctl logout NAME`.
struct LogoutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Wipe an account's tokens here and revoke them at the issuer.",
        discussion: "Exits with 75 when the issuer could not be reached: the tokens are wiped all the same, and the "
            + "daemon tries the revocation again."
    )

    @OptionGroup var account: AccountArgument
    @Flag(help: "Print the outcome as JSON.") var json = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let answer = try connection.client.ask(.logout(account.name))
        let outcome = try answer.value()
        if json { try StandardOutput.writeLine(answer.json) }
        let message = "logged out of \(account.name): \(outcome.detail.withoutPeriod)"
        if outcome.retrying { throw CommandFailure(.temporary, message) }
        StandardError.say(message)
    }
}
