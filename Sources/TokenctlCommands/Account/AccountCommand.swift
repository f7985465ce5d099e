import ArgumentParser

/// `tokenctl account …`.
struct AccountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "List and show the accounts of the configuration.",
        subcommands: [AccountListCommand.self, AccountShowCommand.self]
    )
}
