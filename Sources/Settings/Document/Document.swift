import TOMLKit

/// A TOML text as a tree of values, each key with its position: values come from TOMLKit, positions from `KeyPositions`.
struct Document {
    /// The entries of the root, in the order of the text.
    let entries: [Entry]

    /// Parses a text: `KeyPositions` judges how it is built, TOMLKit the rest.
    init(_ text: String) throws(SyntaxError) {
        let positions = try KeyPositions(text)
        entries = Self.entries(of: try Self.parse(text), at: [], within: .start, positions)
    }

    private static func parse(_ text: String) throws(SyntaxError) -> TOMLTable {
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let begin = error.source.begin
            let prefix = "Error while parsing "
            let reason =
                error.description.hasPrefix(prefix) ? error.description.dropFirst(prefix.count) : error.description[...]
            throw SyntaxError(
                String(reason),
                at: Position(line: begin.line, column: begin.column)
            )
        } catch {
            throw SyntaxError("\(error)", at: .start)
        }
    }

    /// The entries of a table in the order of the text. TOMLKit gives them sorted by name.
    private static func entries(
        of table: TOMLTable,
        at path: [KeyPositions.Step],
        within position: Position,
        _ positions: KeyPositions
    ) -> [Entry] {
        table.keys.compactMap { key -> Entry? in
            guard let value = table[key] else { return nil }
            let path = path + [.key(key)]
            let position = positions[path] ?? position
            return Entry(key: key, position: position, value: node(value, at: path, within: position, positions))
        }
        .sorted { $0.position < $1.position }
    }

    private static func node(
        _ value: any TOMLValueConvertible,
        at path: [KeyPositions.Step],
        within position: Position,
        _ positions: KeyPositions
    ) -> Node {
        if let text = value.string { return .string(text) }
        if let table = value.table { return .table(entries(of: table, at: path, within: position, positions)) }
        if let array = value.array {
            return .array(
                array.enumerated().map { index, element in
                    node(element, at: path + [.index(index)], within: position, positions)
                }
            )
        }
        switch value.type {
        case .int: return .other(kind: "an integer")
        case .bool: return .other(kind: "a boolean")
        default: return .other(kind: "a \(value.type)")
        }
    }
}
