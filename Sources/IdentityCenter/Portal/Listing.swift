package import OAuth

/// What the portal lists, page by page.
package struct Listing<Item: Sendable & Hashable>: Sendable, Hashable {
    package private(set) var items: [Item]
    /// Where the next page begins; `nil` when this was the last.
    package private(set) var next: String?
    /// Where pages have begun.
    private var begun: Set<String> = []

    /// Takes the first page, or one that will continue another. An empty `next` is the end too.
    package init(_ items: [Item], next: String? = nil) {
        self.items = items
        self.next = next?.isEmpty == true ? nil : next
    }

    /// The listing with the page that begins where it ends.
    ///
    /// - Throws: `unavailable` where that page points back to one that there has been: following it would never end.
    package func continued(by page: Listing) throws(PortalError) -> Listing {
        var whole = self
        if let next { whole.begun.insert(next) }
        if let next = page.next, whole.begun.contains(next) {
            throw .invalidReply("the portal's pages go round in a circle")
        }
        whole.items += page.items
        whole.next = page.next
        return whole
    }
}

extension Listing<AWSAccount> {
    /// Reads the reply to `ListAccounts`.
    package init(_ reply: EndpointReply) throws(PortalError) {
        try reply.checkPortal()
        let page = try reply.portalObject(AccountPage.self)
        var accounts: [AWSAccount] = []
        for entry in page.accountList ?? [] {
            guard let id = entry.accountId.flatMap(AWSAccount.ID.init) else {
                throw .invalidReply("the portal lists an AWS account whose id is not 12 digits")
            }
            accounts.append(AWSAccount(id: id, name: entry.accountName, email: entry.emailAddress))
        }
        self.init(accounts, next: page.nextToken)
    }
}

extension Listing<Role> {
    /// Reads the reply to `ListAccountRoles` of an AWS account.
    package init(_ reply: EndpointReply, in awsAccount: AWSAccount.ID) throws(PortalError) {
        try reply.checkPortal()
        let page = try reply.portalObject(RolePage.self)
        var roles: [Role] = []
        for entry in page.roleList ?? [] {
            guard let name = entry.roleName, !name.isEmpty else {
                throw .invalidReply("the portal lists a role without a name")
            }
            roles.append(Role(name, in: awsAccount))
        }
        self.init(roles, next: page.nextToken)
    }
}

private struct AccountPage: Decodable {
    var nextToken: String?
    var accountList: [Entry]?

    struct Entry: Decodable {
        var accountId: String?
        var accountName: String?
        var emailAddress: String?
    }
}

private struct RolePage: Decodable {
    var nextToken: String?
    var roleList: [Entry]?

    struct Entry: Decodable {
        var roleName: String?
    }
}
