/// A value of the configuration file, as far as the configuration has a use for it.
enum Node {
    case string(String)
    case array([Node])
    case table([Entry])
    /// Any other, of which the kind is enough to say that it does not belong there: `an integer`.
    case other(kind: String)

    /// The value's kind with its article, for messages.
    var kind: String {
        switch self {
        case .string: "a string"
        case .array: "an array"
        case .table: "a table"
        case .other(let kind): kind
        }
    }
}

/// A key with its value. The elements of an array are read as entries too, under the array's key.
struct Entry {
    var key: String
    /// Where the key is first named.
    var position: Position
    var value: Node
}

/// A table with the name under which messages speak of it.
struct Table {
    /// As its header is written, without the brackets: `account.example`. Empty for the document itself.
    var name: String
    var position: Position
    /// In the order of the file.
    var entries: [Entry]

    /// The entry of a key.
    subscript(key: String) -> Entry? { entries.first { $0.key == key } }

    /// Whether a key has been given, be its value usable or not.
    func holds(_ key: any DeclaredKey) -> Bool { self[key.name] != nil }
}
