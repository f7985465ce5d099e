/// What the issuer is where it plays AWS IAM Identity Center and STS.
package struct AWSConfiguration: Sendable, Hashable {
    /// The one region whose endpoints it plays. Signatures must be made for it.
    package var region = "us-east-1"
    package var awsAccounts: [AWSAccount] = [
        AWSAccount(id: "012345678901", name: "sandbox", roles: ["ReadOnly", "Admin"]),
        AWSAccount(id: "210987654321", name: "workload", roles: ["ReadOnly", "Team Role+x"]),
    ]
    /// The clients of CreateTokenWithIAM.
    package var applications: [Application] = [Application()]
    /// The keys that exist from the beginning.
    package var accessKeys: [AccessKey] = [.sandbox]
    /// The public keys of others whose JSON Web Tokens are taken as assertions, P-256 in PEM. The issuer's own key is
    /// taken without being named.
    package var trustedKeys: [String] = []

    package var registrationLifetime: Duration = .seconds(90 * 86_400)
    /// How long a login can be refreshed; its last access tokens are shorter accordingly.
    package var sessionLifetime: Duration = .seconds(8 * 3600)
    /// How long a person may take to decide, and a client to redeem the code.
    package var codeLifetime: Duration = .seconds(600)
    /// How long credentials of the portal live; who asks STS says it there.
    package var roleCredentialsLifetime: Duration = .seconds(3600)
    /// The most entries that a page of the portal's lists has.
    package var pageSize = 100

    package init() {}
}

/// An AWS account with the roles that the person has in it.
package struct AWSAccount: Sendable, Hashable {
    /// Twelve digits, of which the first may be zero.
    package var id: String
    package var name: String
    package var roles: [String]

    package init(id: String, name: String, roles: [String]) {
        self.id = id
        self.name = name
        self.roles = roles
    }

    var emailAddress: String { "\(name)@example.com" }
}

/// A customer managed application of Identity Center: a client of CreateTokenWithIAM.
package struct Application: Sendable, Hashable {
    package var arn: String
    package var scopes: [String]
    /// Where `/authorize` may send its codes.
    package var redirectURIs: [String]

    package init(
        arn: String = "arn:aws:sso::012345678901:application/ssoins-1111111111111111/apl-2222222222222222",
        scopes: [String] = ["openid", "aws", "sts:identity_context", "sso:account:access"],
        redirectURIs: [String] = ["http://127.0.0.1/oauth/callback"]
    ) {
        self.arn = arn
        self.scopes = scopes
        self.redirectURIs = redirectURIs
    }
}
