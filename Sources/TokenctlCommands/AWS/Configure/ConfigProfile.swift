/// A profile that gets its credentials from tokend, as it shall stand in AWS's configuration file.
///
/// It never has `sso_account_id` and `sso_role_name`: where these stand in the same profile, AWS's programs leave its
/// `credential_process` aside.
package struct ConfigProfile: Sendable, Hashable {
    package var name: String
    /// A command line; see `CommandLineText`.
    package var credentialProcess: String
    /// The region for the profile's requests; `nil` leaves what is there.
    package var region: String?

    package init(name: String, credentialProcess: String, region: String? = nil) {
        self.name = name
        self.credentialProcess = credentialProcess
        self.region = region
    }

    /// The section's head.
    var head: String { name == "default" ? "[default]" : "[profile \(name)]" }

    /// The lines below it that are ours.
    func settings(writtenFor account: String) -> [String] {
        let settings = [
            "\(Self.mark(of: account)), which will replace credential_process and region.",
            "credential_process = \(credentialProcess)",
        ]
        return settings + (region.map { ["region = \($0)"] } ?? [])
    }

    /// The names of the settings that are ours.
    var keys: Set<String> { region == nil ? ["credential_process"] : ["credential_process", "region"] }

    /// How the comment begins by which a profile is known again as one that was written for an account.
    static func mark(of account: String) -> String { "# Written by \"tokenctl aws configure \(account)\"" }
}
