package import OAuth

/// A key that signs requests to AWS, and whom it speaks for.
package struct AccessKey: Sendable, Hashable {
    package var id: String
    package var secret: String
    /// Comes with temporary credentials.
    package var sessionToken: String?
    /// Since 1970; `nil`: never.
    package var expiresAt: Duration?
    /// The AWS account that it belongs to.
    package var awsAccount: String
    /// The name of the one it speaks for, such as `arn:aws:iam::012345678901:user/sandbox`.
    package var arn: String

    package init(
        id: String,
        secret: String,
        sessionToken: String? = nil,
        expiresAt: Duration? = nil,
        awsAccount: String,
        arn: String
    ) {
        self.id = id
        self.secret = secret
        self.sessionToken = sessionToken
        self.expiresAt = expiresAt
        self.awsAccount = awsAccount
        self.arn = arn
    }

    /// The key of a user of the first AWS account.
    package static let sandbox = AccessKey(
        id: "AKIDSANDBOXKEY000001",
        secret: "sandbox-secret-access-key",
        awsAccount: "012345678901",
        arn: "arn:aws:iam::012345678901:user/sandbox"
    )

    /// The key as those have it who sign with it.
    package var credentials: SigningCredentials {
        SigningCredentials(
            accessKeyID: id,
            secretAccessKey: Secret(secret),
            sessionToken: sessionToken.map { Secret($0) },
            expiresAt: expiresAt
        )
    }
}

extension IssuerMachine {
    /// The key of an id, whether configured or issued.
    package func accessKey(_ id: String) -> AccessKey? {
        roleKeys[id] ?? configuration.aws.accessKeys.first { $0.id == id }
    }

    /// Makes temporary credentials of a role.
    mutating func issueKey(
        awsAccount: String,
        role: String,
        sessionName: String,
        lifetime: Duration,
        at now: Duration
    ) -> AccessKey {
        let serial = roleKeys.count + 1
        let key = AccessKey(
            id: mint.accessKeyID(serial: serial),
            secret: mint.secret("secret access key \(serial)"),
            sessionToken: mint.secret("session token \(serial)"),
            expiresAt: now + lifetime,
            awsAccount: awsAccount,
            arn: "arn:aws:sts::\(awsAccount):assumed-role/\(role)/\(sessionName)"
        )
        roleKeys[key.id] = key
        return key
    }
}
