/// Where people log in to IAM Identity Center, as AWS's configuration file has it: a section `[sso-session NAME]`, or a
/// profile of the older form that names the place itself.
package struct SSOSession: Sendable, Hashable {
    /// Why a session cannot be taken from the file, as a sentence.
    package struct Incomplete: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// The name of the `sso-session`, or of the profile.
    package var name: String
    package var startURL: String
    package var region: String
    /// `sso_registration_scopes`; empty where there are none.
    package var scopes: [String]
    /// Whether this is a profile of the older form, which names no session.
    package var isLegacy: Bool

    /// Reads what a section says of the session.
    fileprivate init(name: String, section: ProfileSection, isLegacy: Bool) throws(Incomplete) {
        func value(_ key: String) throws(Incomplete) -> String {
            if let value = section[key], !value.isEmpty { return value }
            let header = isLegacy ? "the profile \(name)" : "[sso-session \(name)]"
            throw Incomplete(description: "\(header) of the AWS configuration has no \(key); add it there")
        }
        self.name = name
        startURL = try value("sso_start_url")
        region = try value("sso_region")
        scopes = (section["sso_registration_scopes"] ?? "").split { $0 == "," || $0.isWhitespace }.map(String.init)
        self.isLegacy = isLegacy
    }
}

extension AWSFiles {
    /// The session of a name.
    ///
    /// - Throws: `SSOSession.Incomplete` when there is none, or when it lacks its start URL or its region.
    package func ssoSession(_ name: String) throws(SSOSession.Incomplete) -> SSOSession {
        guard let section = ssoSessions[name] else {
            throw SSOSession.Incomplete(
                description: "the AWS configuration has no section [sso-session \(name)]; "
                    + "make one by running: aws configure sso-session"
            )
        }
        return try SSOSession(name: name, section: section, isLegacy: false)
    }

    /// Everything that a person can log in to: the sessions, and the profiles of the older form, one for each start URL
    /// and region that no session has; in the order of their names. What is incomplete is left out.
    package var allSSOSessions: [SSOSession] {
        let sessions = ssoSessions.keys.sorted().compactMap { try? ssoSession($0) }
        var known = Set(sessions.map { [$0.startURL, $0.region] })
        let legacy = profiles.sorted { $0.key < $1.key }.compactMap { name, profile in
            profile["sso_session"] == nil ? try? SSOSession(name: name, section: profile.all, isLegacy: true) : nil
        }
        return sessions + legacy.filter { known.insert([$0.startURL, $0.region]).inserted }
    }
}
