import ArgumentParser
import FoundationEssentials
import LocalAPI
import TokenClient

/// `tokenctl aws roles NAME`.
struct AWSRolesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roles",
        abstract: "List the roles that the login has, in one AWS account or in all."
    )

    @OptionGroup var account: AccountArgument
    @Option(help: ArgumentHelp("Only those in this AWS account: 12 digits.", valueName: "id")) var accountId: String?
    @Flag(help: "Print JSON, in the form in which the socket gives it.") var json = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = try connection.client
        let roles =
            try accountId.map { try client.assignedRoles(of: account.name, accountID: $0) }
            ?? client.assignedRoles(of: account.name)
        if json { return try StandardOutput.writeLine(Self.json(of: roles)) }
        let table = AWSTables.roles(roles)
        for line in table.lines(style: .ofStandardOutput) { try StandardOutput.writeLine(line) }
    }

    private static func json(of roles: [AssignedRole]) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let answer = AWSRolesAnswer(
            roles: roles.map { AWSRolesAnswer.Role(accountID: $0.accountID, role: $0.role) }
        )
        return Array(try encoder.encode(answer))
    }
}
