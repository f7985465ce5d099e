import OAuth

extension ValueForm<SecretSource> {
    /// Where a client secret comes from: a table with one key that says how to fetch it, or the secret itself, with a
    /// warning.
    static var secretSource: ValueForm<SecretSource> {
        ValueForm { entry, reading in
            switch entry.value {
            case .string(""): return reading.refuse(entry, "the secret is empty; leave it out if the client has none")
            case .string(let secret):
                reading.warn(
                    at: entry.position,
                    "`\(entry.key)` stands in the file in the clear; better: \(entry.key) = { file = \"…\" }"
                        + ", or { command = […] }, { env = \"…\" }, { credential = \"…\" }"
                )
                return .inline(Secret(secret))
            case .table: return readTable(entry, &reading)
            default:
                return reading.refuse(entry, "expected a table such as { file = \"/path\" }, found \(entry.value.kind)")
            }
        }
    }

    private static let file = Key("file", ValueForm<String>.path, "the file that holds it")
    private static let command = Key(
        "command",
        ValueForm<[String]>.program,
        "the program that prints it, and its arguments"
    )
    private static let environment = Key(
        "env",
        ValueForm<String>.text().map { name throws(Refusal) in
            guard !name.contains("=") else { throw Refusal("the name of an environment variable has no `=`") }
            return name
        },
        "the environment variable that holds it"
    )
    private static let credential = Key(
        "credential",
        ValueForm<String>.text().map { name throws(Refusal) in
            guard !name.contains("/"), name != ".", name != ".." else {
                throw Refusal("the name of a systemd credential is a file's name without a directory")
            }
            return name
        },
        "the systemd credential that holds it"
    )

    private static func readTable(_ entry: Entry, _ reading: inout Reading) -> SecretSource? {
        guard let table = reading.table(entry, named: entry.key) else { return nil }
        let keys: [any DeclaredKey] = [file, command, environment, credential]
        reading.refuseUnknownKeys(in: table, known: keys)
        guard table.entries.count == 1, let only = table.entries.first else {
            return reading.refuse(entry, "give one of \(listed(keys.map { "`\($0.name)`" })), and no more")
        }
        switch only.key {
        case file.name: return reading.value(of: file, in: table).map { .file(path: $0) }
        case command.name: return reading.value(of: command, in: table).map { .command($0) }
        case environment.name: return reading.value(of: environment, in: table).map { .environment(name: $0) }
        case credential.name: return reading.value(of: credential, in: table).map { .credential(name: $0) }
        default: return nil
        }
    }
}

extension ValueForm<[String]> {
    /// A program and its arguments.
    static var program: ValueForm<[String]> {
        list(of: .string()).map { words throws(Refusal) in
            guard words.first?.isEmpty == false else { throw Refusal("the command names no program") }
            return words
        }
    }
}
