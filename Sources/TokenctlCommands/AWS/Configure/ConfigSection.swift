/// A section of AWS's configuration file, line by line as it stands there.
struct ConfigSection: Sendable, Hashable {
    var head: String
    var body: [String]

    /// Settings that AWS's programs prefer to `credential_process` in the same profile (botocore's order of providers).
    private static let rivals: Set<String> = [
        "sso_account_id", "sso_role_name", "role_arn", "web_identity_token_file", "login_session",
    ]

    /// The profile that it is the section of; `nil` for a section of another kind.
    var profile: String? {
        let text = head.dropFirst().prefix { $0 != "]" }.trimmed
        if text == "default" { return text }
        guard text.hasPrefix("profile"), let space = text.dropFirst("profile".count).first, space.isBlank else {
            return nil
        }
        let name = text.dropFirst("profile".count).trimmed
        let isQuoted = name.count > 1 && name.first == name.last && (name.first == "\"" || name.first == "'")
        return isQuoted ? String(name.dropFirst().dropLast()) : name
    }

    /// Whether it is ours to change: written for the account, and good for nothing else meanwhile.
    func isWritten(for account: String) -> Bool {
        isMarked(for: account) && Self.rivals.isDisjoint(with: keys)
    }

    /// Whether it says that it was written for the account.
    func isMarked(for account: String) -> Bool { body.contains { $0.hasPrefix(ConfigProfile.mark(of: account)) } }

    /// Puts our settings in place of those of an earlier time, and leaves everything else.
    mutating func update(_ profile: ConfigProfile, writtenFor account: String) {
        remove(profile.keys, writtenFor: account)
        body = profile.settings(writtenFor: account) + body
    }

    /// Puts our settings in place of all there are. The comments below them stay: they are about what comes next.
    mutating func replace(by profile: ConfigProfile, writtenFor account: String) {
        let end = body.lastIndex { !$0.isBlank && !$0.isComment }.map { $0 + 1 } ?? 0
        head = profile.head
        body = profile.settings(writtenFor: account) + body[end...]
    }

    /// Takes out what was written for an account. Returns whether anything is still set.
    mutating func clear(writtenFor account: String) -> Bool {
        remove(["credential_process"], writtenFor: account)
        if !keys.subtracting(["region"]).isEmpty { return true }
        remove(["region"], writtenFor: account)
        return false
    }

    private var keys: Set<String> { Set(body.compactMap(\.key)) }

    /// Takes out the mark, and settings together with the indented lines that belong to them.
    private mutating func remove(_ keys: Set<String>, writtenFor account: String) {
        let mark = ConfigProfile.mark(of: account)
        var isInside = false
        body.removeAll { line in
            isInside = line.key.map(keys.contains) ?? (isInside && line.first?.isBlank == true && !line.isBlank)
            return isInside || line.hasPrefix(mark)
        }
    }
}

extension String {
    /// Whether the line begins a section.
    var isHead: Bool { first == "[" }

    var isBlank: Bool { allSatisfy(\.isBlank) }

    fileprivate var isComment: Bool { first == "#" || first == ";" }

    /// The name of the setting that the line makes; `nil` for a comment, a blank line, and one that goes on with the
    /// setting before it.
    fileprivate var key: String? {
        guard let first, !first.isBlank, !isComment else { return nil }
        return String(prefix { $0 != "=" && $0 != ":" }).trimmed.lowercased()
    }
}

extension StringProtocol {
    /// Without the blanks around it.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isBlank == true { text.removeFirst() }
        while text.last?.isBlank == true { text.removeLast() }
        return String(text)
    }
}

extension Character {
    /// The carriage return belongs to files that were written on another system.
    fileprivate var isBlank: Bool { self == " " || self == "\t" || self == "\r" }
}
