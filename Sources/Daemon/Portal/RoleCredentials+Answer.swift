package import IdentityCenter
package import LocalAPI
import OAuth

extension RoleCredentials {
    /// The credentials on their way out to a reader, in the form of a `credential_process`.
    package var answer: RoleCredentialsAnswer {
        RoleCredentialsAnswer(
            accessKeyID: accessKeyID,
            secretAccessKey: secretAccessKey.revealText(),
            sessionToken: sessionToken.revealText(),
            expiration: Timestamp(seconds: expiresAt.wholeSeconds)
        )
    }
}

extension AWSAccountsAnswer {
    /// What the portal lists.
    package init(_ accounts: [AWSAccount]) {
        self.init(accounts: accounts.map { Account(accountID: "\($0.id)", accountName: $0.name, email: $0.email) })
    }
}

extension AWSRolesAnswer {
    /// What the portal lists.
    package init(_ roles: [IdentityCenter.Role]) {
        self.init(roles: roles.map { Role(accountID: "\($0.awsAccount)", role: $0.name) })
    }
}
