import OAuth

extension ValueForm<AssertionSource> {
    /// Where another issuer's token comes from: a table with one of `account`, `file` and `command`, and beside an account
    /// which of its tokens; `kind` is the one that is meant where nothing is said.
    static func assertion(kind: TokenKind) -> ValueForm<AssertionSource> {
        ValueForm { entry, reading in
            guard let table = reading.table(entry, named: entry.key) else { return nil }
            let keys = AssertionKeys.self
            reading.refuseUnknownKeys(in: table, known: [keys.account, keys.token, keys.file, keys.command])
            let sources = table.entries.filter { $0.key != keys.token.name }
            guard sources.count == 1, let only = sources.first else {
                return reading.refuse(entry, "give one of `account`, `file` and `command`, and no more")
            }
            if let token = table[keys.token.name], only.key != keys.account.name {
                reading.fail(at: token.position, "`token` goes with `account` only")
            }
            switch only.key {
            case keys.account.name:
                let word = reading.value(of: keys.token, in: table)
                return reading.value(of: keys.account, in: table).map { .account(name: $0, kind: word?.kind ?? kind) }
            case keys.file.name: return reading.value(of: keys.file, in: table).map { .file(path: $0) }
            case keys.command.name: return reading.value(of: keys.command, in: table).map { .command($0) }
            default: return nil
            }
        }
    }
}

/// The keys of such a table.
private enum AssertionKeys {
    static let account = Key("account", ValueForm<String>.text(), "the account whose token it is")
    static let token = Key("token", ValueForm<TokenWord>.word("token"), "which token of the account")
    static let file = Key("file", ValueForm<String>.path, "the file that holds it")
    static let command = Key("command", ValueForm<[String]>.program, "the program that prints it, and its arguments")
}

/// The tokens of an account, in the configuration's words.
private enum TokenWord: String, Sendable, CaseIterable {
    case accessToken = "access_token"
    case idToken = "id_token"

    var kind: TokenKind { self == .idToken ? .idToken : .accessToken }
}

extension ValueForm<SigningCredentialsSource> {
    /// What signs requests to AWS: `{ profile = }`, or `{ account =, account_id =, role = }`.
    static var credentials: ValueForm<SigningCredentialsSource> {
        ValueForm { entry, reading in
            guard let table = reading.table(entry, named: entry.key) else { return nil }
            let keys = CredentialsKeys.self
            reading.refuseUnknownKeys(in: table, known: [keys.profile, keys.account, keys.accountID, keys.role])
            if table.holds(keys.profile) {
                guard table.entries.count == 1 else {
                    return reading.refuse(entry, "a profile says everything; leave the other keys out")
                }
                return reading.value(of: keys.profile, in: table).map { .profile($0) }
            }
            let account = reading.requiredValue(of: keys.account, in: table)
            let accountID = reading.requiredValue(of: keys.accountID, in: table)
            let role = reading.requiredValue(of: keys.role, in: table)
            guard let account, let accountID, let role else { return nil }
            return .role(account: account, accountID: accountID, role: role)
        }
    }
}

/// The keys of such a table.
private enum CredentialsKeys {
    static let profile = Key("profile", ValueForm<String>.text(), "a profile of the AWS configuration files")
    static let account = Key("account", ValueForm<String>.text(), "the account that has the role")
    static let accountID = Key("account_id", ValueForm<String>.awsAccountID, "the AWS account of the role, 12 digits")
    static let role = Key("role", ValueForm<String>.text(), "the name of the role")
}

extension ValueForm<String> {
    /// The id of an AWS account. Written as a number it would lose its leading zeros.
    fileprivate static var awsAccountID: ValueForm<String> {
        text("an AWS account's id in quotes").map { text throws(Refusal) in
            guard text.utf8.count == 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw Refusal("`\(text)` is not the id of an AWS account: 12 digits")
            }
            return text
        }
    }
}
