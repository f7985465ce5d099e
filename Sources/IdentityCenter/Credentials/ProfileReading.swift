import OAuth

/// Finds where the credentials of a profile come from, by botocore's rules.
struct ProfileReading {
    let surroundings: AWSSurroundings
    /// Whether the profile was asked for by name: then the environment has no say.
    let isNamed: Bool

    /// The place that a profile names; `nil` when it names none.
    ///
    /// - Throws: a failure of class `misconfigured` for a place that cannot serve.
    func origin(of profile: AWSFiles.Profile, _ name: String) throws(Failure) -> CredentialsOrigin? {
        if profile.assumesRole { return try role(of: profile, name, visited: [name]) }
        return try ownOrigin(of: profile, name)
    }

    /// The place that a profile names by itself, without another profile.
    private func ownOrigin(of profile: AWSFiles.Profile, _ name: String) throws(Failure) -> CredentialsOrigin? {
        if let identity = try webIdentity(of: profile, name) { return identity }
        guard profile["sso_account_id"] == nil, profile["sso_role_name"] == nil else {
            throw .unusableCredentials(
                "the AWS profile \(name) logs in to IAM Identity Center by itself, which only the AWS CLI can do; name "
                    + "an account of tokend's instead: aws_credentials = { account = …, account_id = …, role = … }"
            )
        }
        if let keys = try keys(in: profile.credentials, name) { return keys }
        guard profile["login_session"] == nil else {
            throw .unusableCredentials(
                "the AWS profile \(name) belongs to `aws login`; name a profile with the line: "
                    + "credential_process = aws configure export-credentials --profile \(name)"
            )
        }
        if let line = profile["credential_process"] {
            guard let words = ShellWords.split(line), !words.isEmpty else {
                throw .unusableCredentials(
                    "the credential_process of the AWS profile \(name) is no command; close its quotes"
                )
            }
            return .process(words, profile: name)
        }
        return try keys(in: profile.config, name)
    }

    private func role(
        of profile: AWSFiles.Profile,
        _ name: String,
        visited: [String]
    ) throws(Failure) -> CredentialsOrigin {
        guard profile["mfa_serial"] == nil else {
            throw .unusableCredentials(
                "the AWS profile \(name) wants a code from a device (mfa_serial), which nobody is there to type; name "
                    + "a profile without it"
            )
        }
        let role = AssumedRole(
            arn: profile["role_arn"] ?? "",
            sessionName: profile["role_session_name"] ?? AssumedRole.sessionName,
            externalID: profile["external_id"],
            duration: profile["duration_seconds"].flatMap { Int($0) },
            endpoint: try surroundings.stsEndpoint(for: profile["role_arn"] ?? "", of: profile)
        )
        switch (profile["source_profile"], profile["credential_source"]) {
        case (let place?, nil):
            return .role(role, by: try source(place, of: profile, name, visited))
        case (nil, let place?):
            return .role(role, by: try credentialSource(place, of: name))
        case (nil, nil), (_?, _?):
            throw .unusableCredentials(
                "the AWS profile \(name) has a role_arn, which needs either a source_profile or a credential_source"
            )
        }
    }

    /// The place that the profile's `source_profile` names. A profile may be its own source, if it holds keys.
    private func source(
        _ source: String,
        of profile: AWSFiles.Profile,
        _ name: String,
        _ visited: [String]
    ) throws(Failure) -> CredentialsOrigin {
        guard let sourceProfile = surroundings.files.profiles[source] else {
            throw .unusableCredentials(
                "the AWS profile \(name) names the source_profile \(source), which is not in the AWS files; add it or "
                    + "correct the name"
            )
        }
        guard !visited.contains(source) || (source == name && sourceProfile.holdsKeys) else {
            let circle = (visited + [source]).joined(separator: " → ")
            throw .unusableCredentials(
                "the AWS profiles name each other as source_profile: \(circle); break the circle"
            )
        }
        let reading = ProfileReading(surroundings: surroundings, isNamed: true)
        if sourceProfile.assumesRole, !sourceProfile.holdsKeys {
            return try reading.role(of: sourceProfile, source, visited: visited + [source])
        }
        guard let origin = try reading.ownOrigin(of: sourceProfile, source) else {
            throw .unusableCredentials(
                "the source_profile \(source) of the AWS profile \(name) holds no credentials; add some"
            )
        }
        return origin
    }

    private func credentialSource(_ source: String, of name: String) throws(Failure) -> CredentialsOrigin {
        let environment = surroundings.environment
        let origin: CredentialsOrigin?
        switch source {
        case "Environment": origin = try environment.keys()
        case "EcsContainer": origin = try environment.container()
        case "Ec2InstanceMetadata": origin = try environment.instance(isLastResort: false)
        default:
            throw .unusableCredentials(
                "the AWS profile \(name) has credential_source = \(source); it must be Environment, EcsContainer or "
                    + "Ec2InstanceMetadata"
            )
        }
        guard let origin else {
            throw .unusableCredentials(
                "the AWS profile \(name) has credential_source = \(source), but the environment of tokend has none; set "
                    + "it in the unit"
            )
        }
        return origin
    }

    /// A role by a token in a file. The variables go before the profile, each by itself.
    private func webIdentity(of profile: AWSFiles.Profile, _ name: String) throws(Failure) -> CredentialsOrigin? {
        func value(_ variable: String, _ key: String) -> String? {
            (isNamed ? nil : surroundings.environment[variable]) ?? profile[key]
        }
        guard let file = value("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") else { return nil }
        guard let arn = value("AWS_ROLE_ARN", "role_arn") else {
            throw .unusableCredentials(
                "there is a web identity's token file, but no role for it; set AWS_ROLE_ARN or the role_arn of the AWS "
                    + "profile \(name)"
            )
        }
        let role = AssumedRole(
            arn: arn,
            sessionName: value("AWS_ROLE_SESSION_NAME", "role_session_name") ?? AssumedRole.sessionName,
            endpoint: try surroundings.stsEndpoint(for: arn, of: profile)
        )
        return .webIdentity(role, tokenFile: file)
    }

    /// The keys in a section; `nil` when it has none.
    private func keys(in section: ProfileSection?, _ name: String) throws(Failure) -> CredentialsOrigin? {
        guard let section, let id = section["aws_access_key_id"] else { return nil }
        guard !id.isEmpty, let secret = section.secret("aws_secret_access_key"), !secret.isEmpty else {
            throw .unusableCredentials(
                "the AWS profile \(name) has only one of aws_access_key_id and aws_secret_access_key; add the other to "
                    + "the same file"
            )
        }
        let token = section.secret("aws_security_token") ?? section.secret("aws_session_token")
        return .keys(SigningCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token))
    }
}

extension AssumedRole {
    /// How sessions appear in AWS's logs where nobody gives them a name.
    static let sessionName = "tokend"
}

extension AWSFiles.Profile {
    /// Whether its credentials are those of a role that others assume.
    fileprivate var assumesRole: Bool { self["role_arn"] != nil && self["web_identity_token_file"] == nil }

    fileprivate var holdsKeys: Bool { all.has("aws_access_key_id") || all.has("aws_secret_access_key") }
}
