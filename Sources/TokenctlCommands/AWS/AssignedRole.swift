import LocalAPI
import TokenClient

/// A role that a login has in an AWS account.
package struct AssignedRole: Sendable, Hashable {
    package var accountID: String
    /// The AWS account's name, where it is known.
    package var accountName: String?
    package var role: String

    package init(accountID: String, accountName: String?, role: String) {
        self.accountID = accountID
        self.accountName = accountName
        self.role = role
    }
}

extension TokenClient {
    /// The roles in one AWS account.
    func assignedRoles(
        of account: String,
        accountID: String,
        accountName: String? = nil
    ) throws(TokenClientError) -> [AssignedRole] {
        try awsRoles(account: account, accountID: accountID).map {
            AssignedRole(accountID: accountID, accountName: accountName, role: $0)
        }
    }

    /// The roles in every AWS account, in the order in which AWS lists them. One question after the other: the portal is
    /// quick to call many at once too many.
    func assignedRoles(of account: String) throws(TokenClientError) -> [AssignedRole] {
        var roles: [AssignedRole] = []
        for awsAccount in try awsAccounts(account: account) {
            roles += try assignedRoles(of: account, accountID: awsAccount.id, accountName: awsAccount.name)
        }
        return roles
    }
}
