import ArgumentParser
import Glibc
import TokenClient

/// `tokenctl aws configure NAME`.
struct AWSConfigureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "configure",
        abstract: "Write a profile for each role into AWS's configuration file.",
        discussion: """
            AWS's programs then get their credentials from tokend, without a login of their own. What others wrote in \
            the file stays as it is. Each profile has a comment that says for which account it was written; the next \
            run for that account updates it, or takes it out when the role is no longer assigned. The file is \
            $AWS_CONFIG_FILE, else ~/.aws/config.
            """
    )

    @OptionGroup var account: AccountArgument
    @Option(
        help: ArgumentHelp(
            "How profiles are named, with {account}, {account_id}, {account_name} and {role}.",
            valueName: "template"
        )
    )
    var profileName = ProfileName.standard
    @Option(help: "The region of the profiles' requests; without it each profile's own stays.") var region: String?
    @Flag(help: "Replace profiles of these names that others wrote.") var force = false
    @Flag(help: "Print the profiles, and write nothing.") var dryRun = false
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        let isRegion = region?.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (0x30...0x39).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        if isRegion == false || region == "" { throw ValidationError("--region must be one such as eu-west-1") }
    }

    func run() throws {
        let stored = try StoredConfigFile { name in variable(name) }
        let roles = try connection.client.assignedRoles(of: account.name)
        let profiles = try roleProfiles().profiles(for: roles)
        let before = try stored.read()
        var file = ConfigFile(before)
        let changes = try file.write(profiles, for: account.name, force: force)
        if dryRun {
            var new = ConfigFile("")
            _ = try new.write(profiles, for: account.name, force: false)
            try StandardOutput.write(Array(new.text.utf8))
        } else if file.text != before {
            try stored.write(file.text)
        }
        StandardError.say("\(stored.path)\(dryRun ? ", if it were written" : ""): \(changes.summary)")
    }

    private func roleProfiles() throws -> RoleProfiles {
        RoleProfiles(
            account: account.name,
            executable: try OwnExecutable.path(searching: variable("PATH")),
            socketPath: connection.socket.map { $0.hasPrefix("/") ? $0 : "\(workingDirectory)/\($0)" },
            name: profileName,
            region: region
        )
    }

    private func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }
}
