package import ArgumentParser
import LocalAPI
import TokenClient

/// `tokenctl aws credentials NAME`, in every form that `FastCredentials` leaves to the argument parser.
package struct AWSCredentialsCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "credentials",
        abstract: "Print temporary credentials of a role, as a credential_process does.",
        discussion: "\"tokenctl aws configure\" writes profiles that call it."
    )

    @OptionGroup var account: AccountArgument
    @Option(help: ArgumentHelp("The AWS account: 12 digits.", valueName: "id")) var accountId: String
    @Option(help: ArgumentHelp("The role in it, as \"tokenctl aws roles\" lists it.", valueName: "role"))
    var role: String
    @Option(help: ArgumentHelp("How long to wait if there are none yet; 0 never waits.", valueName: "duration"))
    var wait = Seconds(Route.defaultWait)
    @OptionGroup var connection: ConnectionOptions

    package init() {}

    /// The command without what only the parser understands.
    package var plain: FastCredentials {
        FastCredentials(
            account: account.name,
            role: RoleCredentialsRequest(accountID: accountId, role: role),
            socketPath: connection.socket
        )
    }

    package func run() throws {
        try StandardOutput.writeLine(connection.client.roleCredentials(plain.account, plain.role, wait: wait.count))
    }
}
