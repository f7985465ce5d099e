import IdentityCenter
import OAuth
import Settings

/// The providers that the configuration can name.
enum Providers {
    /// Makes the provider that an account's settings describe.
    static func make(_ settings: ProviderSettings) -> any Provider {
        switch settings {
        case .oauth(let oauth): OAuthProvider(oauth.configuration)
        case .identityCenter(let settings): IdentityCenterProvider(settings.configuration)
        case .iam(let settings): IAMProvider(settings.configuration)
        }
    }
}
