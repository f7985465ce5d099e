package import IdentityCenter
package import OAuth

/// What a login can be asked about at the portal.
package enum PortalQuestion: Sendable, Hashable {
    case credentials(Role)
    case awsAccounts
    case roles(AWSAccount.ID)

    /// What it is about, in words.
    var subject: String {
        switch self {
        case .credentials(let role): "role “\(role.name.displayable(atMost: 64))” in AWS account \(role.awsAccount)"
        case .awsAccounts: "the list of AWS accounts"
        case .roles(let awsAccount): "the list of roles in AWS account \(awsAccount)"
        }
    }
}

/// What the portal answers; a listing may be a page of it or the whole.
package enum PortalAnswer: Sendable, Hashable {
    case credentials(RoleCredentials)
    case awsAccounts(Listing<AWSAccount>)
    case roles(Listing<Role>)

    /// Where the next page begins; `nil` when nothing is missing.
    var next: String? {
        switch self {
        case .credentials: nil
        case .awsAccounts(let listing): listing.next
        case .roles(let listing): listing.next
        }
    }

    /// The answer with its next page.
    ///
    /// - Throws: `unavailable` where the pages would never end.
    func continued(by page: PortalAnswer) throws(PortalError) -> PortalAnswer {
        switch (self, page) {
        case (.awsAccounts(let listing), .awsAccounts(let page)): .awsAccounts(try listing.continued(by: page))
        case (.roles(let listing), .roles(let page)): .roles(try listing.continued(by: page))
        default: page
        }
    }
}

/// What a request to the portal is sent with.
package struct PortalSession: Sendable, Hashable {
    package var portal: Portal
    /// The login's access token.
    package var token: Secret

    package init(portal: Portal, token: Secret) {
        self.portal = portal
        self.token = token
    }
}
