import ArgumentParser

/// How the profiles of roles are named: a text with places for what a role is known by.
package struct ProfileName: Sendable, Hashable {
    /// What a place in braces stands for.
    package enum Place: String, Sendable, Hashable, CaseIterable {
        /// The account of tokend.
        case account
        case accountID = "account_id"
        /// The AWS account's name; its id where it has none.
        case accountName = "account_name"
        case role
    }

    private enum Part: Sendable, Hashable {
        case text(Substring)
        case place(Place)
    }

    private let parts: [Part]
    private let template: String

    /// What is readable, and tells roles apart as long as the names of AWS accounts do.
    package static let standard = ProfileName(parts: [.place(.accountName), .text("."), .place(.role)])

    private init(parts: [Part]) {
        self.parts = parts
        template = parts.map { part in
            switch part {
            case .text(let text): String(text)
            case .place(let place): "{\(place.rawValue)}"
            }
        }.joined()
    }

    /// Reads a template such as `{account_name}.{role}`; `nil` where it is empty or a place is none.
    package init?(_ template: String) {
        var parts: [Part] = []
        var rest = template[...]
        while !rest.isEmpty {
            let text = rest.prefix { $0 != "{" }
            rest = rest.dropFirst(text.count)
            if !text.isEmpty { parts.append(.text(text)) }
            guard rest.first == "{" else { continue }
            let name = rest.dropFirst().prefix { $0 != "}" }
            guard let place = Place(rawValue: String(name)) else { return nil }
            rest = rest.dropFirst(name.count + 1)
            guard rest.popFirst() == "}" else { return nil }
            parts.append(.place(place))
        }
        guard !parts.isEmpty else { return nil }
        self.init(parts: parts)
    }

    /// The name of a role's profile. What AWS's programs would want quoted in a section's head becomes a hyphen: all
    /// but ASCII letters and digits and `_-/.%@:+` (AWS SDKs and Tools Reference Guide, "Shared config and credentials
    /// files").
    package func text(for role: AssignedRole, of account: String) -> String {
        let name = parts.map { part in
            switch part {
            case .text(let text): String(text).asProfileName
            case .place(.account): account.asProfileName
            case .place(.accountID): role.accountID
            case .place(.accountName):
                role.accountName.map(\.asProfileName).flatMap { $0.isEmpty ? nil : $0 } ?? role.accountID
            case .place(.role): role.role.asProfileName
            }
        }
        return name.joined()
    }
}

extension ProfileName: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }

    package var defaultValueDescription: String { template }
}

extension String {
    /// With one hyphen for each run of characters that cannot stand in a profile's name, and none for those at the ends.
    fileprivate var asProfileName: String {
        unicodeScalars.split { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", "-", "/", ".", "%", "@", ":", "+": false
            default: true
            }
        }
        .map(String.init).joined(separator: "-")
    }
}
