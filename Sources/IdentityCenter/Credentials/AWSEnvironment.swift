import OAuth

/// The variables that AWS's tools read. One that is empty counts as not set.
package struct AWSEnvironment: Sendable, Hashable {
    private let variables: [String: String]

    /// Takes the process's variables, some of which are secret.
    package init(_ variables: [String: String]) { self.variables = variables }

    package subscript(name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
}

extension AWSEnvironment: CustomStringConvertible, CustomReflectable {
    package var description: String { "[\(variables.count) variables]" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension AWSEnvironment {
    /// Where AWS's configuration file is.
    package var configFile: String { path("AWS_CONFIG_FILE", "config") }

    /// Where the file of credentials is.
    package var credentialsFile: String { path("AWS_SHARED_CREDENTIALS_FILE", "credentials") }

    private func path(_ variable: String, _ name: String) -> String {
        let home = self["HOME"] ?? ""
        guard let path = self[variable] else { return "\(home)/.aws/\(name)" }
        return path.hasPrefix("~/") ? home + path.dropFirst() : path
    }

    /// The keys in the environment; `nil` when there are none.
    ///
    /// - Throws: a failure of class `misconfigured` when something is missing from them.
    func keys() throws(Failure) -> CredentialsOrigin? {
        guard let id = self["AWS_ACCESS_KEY_ID"] else { return nil }
        guard let secret = self["AWS_SECRET_ACCESS_KEY"] else {
            throw .unusableCredentials("AWS_ACCESS_KEY_ID is set, but not AWS_SECRET_ACCESS_KEY; set both in the unit")
        }
        var credentials = SigningCredentials(
            accessKeyID: id,
            secretAccessKey: Secret(secret),
            sessionToken: (self["AWS_SECURITY_TOKEN"] ?? self["AWS_SESSION_TOKEN"]).map { Secret($0) }
        )
        if let text = self["AWS_CREDENTIAL_EXPIRATION"] {
            guard let end = AWSDate(text) else {
                throw .unusableCredentials("AWS_CREDENTIAL_EXPIRATION is no time such as 2026-11-23T03:29:44Z")
            }
            credentials.expiresAt = end.wall
        }
        return .keys(credentials)
    }

    /// The container's agent; `nil` when there is none.
    ///
    /// - Throws: a failure of class `misconfigured` when its address may not be asked.
    func container() throws(Failure) -> CredentialsOrigin? {
        let token: ContainerEndpoint.Token? =
            if let file = self["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
                .file(file)
            } else {
                self["AWS_CONTAINER_AUTHORIZATION_TOKEN"].map { .value(Secret($0)) }
            }
        if let path = self["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            return .container(try ContainerEndpoint(relativeURI: path, token: token))
        }
        guard let uri = self["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
        return .container(try ContainerEndpoint(fullURI: uri, token: token))
    }

    /// The instance's metadata service; `nil` when it must not be asked.
    ///
    /// - Throws: a failure of class `misconfigured` when its address is none.
    func instance(isLastResort: Bool) throws(Failure) -> CredentialsOrigin? {
        if self["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" { return nil }
        let isIPv6 = self["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        let usual = isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        let endpoint = try InstanceEndpoint(self["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? usual)
        return .instance(endpoint, isLastResort: isLastResort)
    }
}
