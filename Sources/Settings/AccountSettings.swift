/// One account of the configuration.
package struct AccountSettings: Sendable, Equatable {
    /// Begins with a letter or digit; 1 to 64 of letters, digits and `._@+-`.
    package var name: String
    /// The user name that goes with the token where a protocol wants one (SASL, git).
    package var user: String?
    package var provider: ProviderSettings

    package init(name: String, user: String? = nil, provider: ProviderSettings) {
        self.name = name
        self.user = user
        self.provider = provider
    }
}

/// What an account has of its own kind.
package enum ProviderSettings: Sendable, Equatable {
    case oauth(OAuthSettings)
    case identityCenter(IdentityCenterSettings)
    case iam(IAMSettings)

    /// The other accounts that this one cannot do without.
    package var feeders: [String] {
        switch self {
        case .oauth, .identityCenter: []
        case .iam(let settings): settings.feeders
        }
    }
}

/// The keys that accounts of every kind may hold.
private enum AccountKeys {
    static let provider = Key("provider", ValueForm<String>.string(), "what kind of issuer it is")
    static let user = Key("user", ValueForm<String>.text(), "the user name that goes with the token")

    static let all: [any DeclaredKey] = [provider, user]
}

extension AccountSettings {
    /// Reads `[account.NAME]`. It returns `nil` only when it has noted an error.
    init?(_ entry: Entry, _ reading: inout Reading) {
        guard Self.isName(entry.key) else {
            reading.fail(
                at: entry.position,
                "`\(entry.key)` is not an account name: 1 to 64 letters, digits and `._@+-`, first a letter or digit"
            )
            return nil
        }
        let name = entry.key.contains { ".@+".contains($0) } ? "account.\"\(entry.key)\"" : "account.\(entry.key)"
        guard let table = reading.table(entry, named: name), let schema = Self.schema(of: table, &reading) else {
            return nil
        }
        reading.refuseUnknownKeys(in: table, known: schema.keys + AccountKeys.all)
        let user = reading.value(of: AccountKeys.user, in: table)
        guard let provider = schema.read(table, &reading) else { return nil }
        self.init(name: entry.key, user: user, provider: provider)
    }

    /// The provider that an account names; without its keys nothing else in the table can be judged.
    private static func schema(of account: Table, _ reading: inout Reading) -> ProviderSchema? {
        guard let entry = account[AccountKeys.provider.name] else { return ProviderSchema.all.first }
        guard let name = reading.value(of: AccountKeys.provider, in: account) else { return nil }
        guard let schema = ProviderSchema.all.first(where: { $0.name == name }) else {
            let names = ProviderSchema.all.map(\.name)
            return reading.refuse(entry, "`\(name)` is not a provider" + suggestion(for: name, among: names))
        }
        return schema
    }

    private static func isName(_ text: String) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
        return isLetterOrDigit(first) && text.utf8.allSatisfy { isLetterOrDigit($0) || "._@+-".utf8.contains($0) }
    }
}
