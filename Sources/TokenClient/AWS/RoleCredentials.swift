package import LocalAPI

/// Temporary credentials of a role in an AWS account, for whoever signs requests to AWS.
///
/// They do not show themselves: `description` and `dump` tell the expiry.
public struct RoleCredentials: Sendable, Hashable {
    public let accessKeyID: String
    public let secretAccessKey: String
    public let sessionToken: String
    /// Seconds since 1970-01-01T00:00:00Z.
    public let expiresAt: Int64

    package init(_ answer: RoleCredentialsAnswer) {
        accessKeyID = answer.accessKeyID
        secretAccessKey = answer.secretAccessKey
        sessionToken = answer.sessionToken
        expiresAt = answer.expiration.seconds
    }
}

extension RoleCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "role credentials until \(Timestamp(seconds: expiresAt).text)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// An AWS account in which a login of IAM Identity Center has a role.
public struct AWSAccount: Sendable, Hashable {
    /// Twelve digits, leading zeros included.
    public let id: String
    /// `nil` where AWS does not tell.
    public let name: String?
    /// The address of the AWS account's root user; `nil` where AWS does not tell.
    public let email: String?

    package init(_ account: AWSAccountsAnswer.Account) {
        id = account.accountID
        name = account.accountName
        email = account.email
    }
}
