/// What a provider brings to the configuration: the keys that an account of its kind may hold, and how its settings are
/// made of them. A new provider is a new value in `all` and a case of `ProviderSettings`.
struct ProviderSchema: Sendable {
    /// The word for it after `provider =`.
    let name: String
    let keys: [any DeclaredKey]
    /// Makes the settings of an account's table. It returns `nil` only when it has noted an error.
    let read: @Sendable (_ account: Table, _ reading: inout Reading) -> ProviderSettings?

    /// Every provider; the first is the one of accounts that name none.
    static let all: [ProviderSchema] = [.oauth, .identityCenter, .iam]
}
