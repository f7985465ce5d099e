import Accounts
import Gateways
import IdentityCenter
package import LocalAPI
package import OAuth

/// What a login at AWS IAM Identity Center is good for: AWS accounts, roles and their credentials.
extension Engine {
    package func roleCredentials(
        of account: String,
        _ role: RoleCredentialsRequest,
        wait: Duration
    ) async throws(Problem) -> RoleCredentialsAnswer {
        try checkPortal(of: account)
        let wanted = Role(role.role, in: try awsAccount(role.accountID, account))
        return try await surroundings.portal.credentials(of: wanted, for: account, wait: wait).answer
    }

    package func awsAccounts(of account: String) async throws(Problem) -> AWSAccountsAnswer {
        try checkPortal(of: account)
        return AWSAccountsAnswer(try await surroundings.portal.awsAccounts(for: account, wait: Self.listingWait))
    }

    package func awsRoles(of account: String, accountID: String) async throws(Problem) -> AWSRolesAnswer {
        try checkPortal(of: account)
        let awsAccount = try awsAccount(accountID, account)
        return AWSRolesAnswer(
            try await surroundings.portal.roles(in: awsAccount, for: account, wait: Self.listingWait)
        )
    }

    /// Lets a request into the portal: with the account's token, or with a new one where the portal refuses it.
    package func portalSession(
        of account: String,
        rejected: Secret?,
        wait: Duration
    ) async throws(Problem) -> PortalSession {
        let desk = try liveDesk(account)
        let portal = try portal(of: account)
        let isRejected = rejected != nil && desks[desk]?.machine.token(at: now())?.token.secret == rejected
        let query = TokenQuery(wait: Int(wait.wholeSeconds))
        let waiter = waiter(isRejected ? .newToken : .token, query, scope: .none)
        return PortalSession(portal: portal, token: try await served(waiter, from: desk, of: account).token.secret)
    }

    /// Drops what came by an account's login.
    func leavePortal(_ account: String) {
        let portal = surroundings.portal
        Task { await portal.forget(account) }
    }

    /// How long a listing may take; nobody asks for another time.
    private static let listingWait = Duration.seconds(60)

    private func checkPortal(of account: String) throws(Problem) { _ = try portal(of: account) }

    private func portal(of account: String) throws(Problem) -> Portal {
        guard let provider = desks[try liveDesk(account)]?.provider as? IdentityCenterProvider else {
            throw Problem(
                .invalidRequest,
                "\(account) is no account at AWS IAM Identity Center; it has no AWS accounts and no roles",
                account: account
            )
        }
        return Portal(provider.configuration.portal)
    }

    private func awsAccount(_ text: String, _ account: String) throws(Problem) -> AWSAccount.ID {
        guard let id = AWSAccount.ID(text) else {
            throw Problem(.invalidRequest, "an AWS account has an id of 12 digits", account: account)
        }
        return id
    }
}
