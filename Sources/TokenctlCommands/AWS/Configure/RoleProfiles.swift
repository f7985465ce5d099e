/// Makes profiles of roles.
package struct RoleProfiles: Sendable, Hashable {
    package var account: String
    /// The absolute path of tokenctl.
    package var executable: String
    /// The absolute path of the daemon's socket, where the profiles shall name one.
    package var socketPath: String?
    package var name: ProfileName
    package var region: String?

    package init(
        account: String,
        executable: String,
        socketPath: String? = nil,
        name: ProfileName = .standard,
        region: String? = nil
    ) {
        self.account = account
        self.executable = executable
        self.socketPath = socketPath
        self.name = name
        self.region = region
    }

    /// A profile a role. Throws where two would have one name, or one none, and where a role's name would break the
    /// file: it comes from outside.
    package func profiles(for roles: [AssignedRole]) throws(CommandFailure) -> [ConfigProfile] {
        var names: Set<String> = []
        var profiles: [ConfigProfile] = []
        for role in roles {
            let name = name.text(for: role, of: account)
            guard !name.isEmpty, names.insert(name).inserted else {
                throw CommandFailure(
                    .configuration,
                    "the profile of \(role.role) in \(role.accountID) cannot have the name \"\(name)\","
                        + " which \(name.isEmpty ? "is empty" : "another has"); choose others, for instance with"
                        + " --profile-name '{account_id}.{role}'"
                )
            }
            let process = CommandLineText.joined(
                [executable, "aws", "credentials", account, "--account-id", role.accountID, "--role", role.role]
                    + (socketPath.map { ["--socket", $0] } ?? [])
            )
            guard process.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw CommandFailure(.issuer, "a command line cannot hold the control characters in: \(process)")
            }
            profiles.append(ConfigProfile(name: name, credentialProcess: process, region: region))
        }
        return profiles
    }
}
