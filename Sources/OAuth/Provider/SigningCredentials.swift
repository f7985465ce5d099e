/// The credentials that sign a request to AWS.
package struct SigningCredentials: Sendable, Hashable {
    package var accessKeyID: String
    package var secretAccessKey: Secret
    /// Comes with temporary credentials, and is signed too.
    package var sessionToken: Secret?
    /// When they end, as time since 1970. `nil`: never, or nobody says.
    package var expiresAt: Duration?

    package init(accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil, expiresAt: Duration? = nil)
    {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiresAt = expiresAt
    }
}

/// Where signing credentials come from.
package enum SigningCredentialsSource: Sendable, Hashable {
    /// Where AWS's own tools look: environment, profile, web identity, container, instance.
    case chain
    /// A profile of the AWS configuration files.
    case profile(String)
    /// A role of an AWS account, by way of another account of ours.
    case role(account: String, accountID: String, role: String)
}
