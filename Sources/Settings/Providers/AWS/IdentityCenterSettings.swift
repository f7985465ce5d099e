package import IdentityCenter

/// An account at AWS IAM Identity Center that a person logs in to.
package struct IdentityCenterSettings: Sendable, Hashable {
    package var configuration: IdentityCenterProvider.Configuration

    package init(configuration: IdentityCenterProvider.Configuration) {
        self.configuration = configuration
    }
}
