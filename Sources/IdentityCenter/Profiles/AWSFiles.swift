/// What `~/.aws/config` and `~/.aws/credentials` say together, in botocore's understanding.
package struct AWSFiles: Sendable, Hashable {
    /// One profile. What the credentials file says of it goes before what the configuration file says.
    package struct Profile: Sendable, Hashable {
        /// Everything that is known of it.
        package var all: ProfileSection
        /// What is in the credentials file.
        package var credentials: ProfileSection?
        /// What is in the configuration file.
        package var config: ProfileSection?

        package subscript(key: String) -> String? { all[key] }
    }

    /// The profiles by name; the one that is taken where nobody names one is `default`.
    package let profiles: [String: Profile]
    /// The sections `[sso-session NAME]` of the configuration file.
    package let ssoSessions: [String: ProfileSection]

    /// Puts the files together; `nil` is a file that is not there.
    ///
    /// In the configuration file a profile is `[profile NAME]`, or `[default]`; in the credentials file every section
    /// is one. Where one profile of the configuration file has two spellings, the later one counts alone.
    package init(config: ProfileFile?, credentials: ProfileFile?) {
        var profiles: [String: Profile] = [:]
        var ssoSessions: [String: ProfileSection] = [:]
        for section in config?.sections ?? [] {
            let header = section.name
            if header.hasPrefix("profile") {
                if let name = Self.name(in: header) { profiles[name] = Profile(all: section, config: section) }
            } else if header.hasPrefix("sso-session") {
                if let name = Self.name(in: header) { ssoSessions[name] = section }
            } else if header == "default" {
                profiles[header] = Profile(all: section, config: section)
            }
        }
        for section in credentials?.sections ?? [] {
            let config = profiles[section.name]?.config
            let all = config?.overridden(by: section) ?? section
            profiles[section.name] = Profile(all: all, credentials: section, config: config)
        }
        self.profiles = profiles
        self.ssoSessions = ssoSessions
    }

    /// The second word of a header; headers of more or fewer words are nobody's.
    private static func name(in header: String) -> String? {
        guard let words = ShellWords.split(header), words.count == 2 else { return nil }
        return words[1]
    }
}
