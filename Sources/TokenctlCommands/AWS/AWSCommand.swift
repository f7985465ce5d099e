import ArgumentParser

/// `tokenctl aws …`.
struct AWSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aws",
        abstract: "Get credentials from AWS IAM Identity Center, and set up AWS's own programs.",
        subcommands: [
            AWSCredentialsCommand.self, AWSAccountsCommand.self, AWSRolesCommand.self, AWSConfigureCommand.self,
        ]
    )
}
