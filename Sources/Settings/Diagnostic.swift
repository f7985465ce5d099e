/// A place in a text file, as editors count it.
package struct Position: Sendable, Hashable, Comparable {
    /// From 1.
    package var line: Int
    /// From 1, in Unicode scalars.
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Where a text begins.
    static let start = Position(line: 1, column: 1)

    /// Steps over one scalar of the text.
    mutating func advance(past scalar: Unicode.Scalar) {
        if scalar == "\n" {
            self = Position(line: line + 1, column: 1)
        } else {
            column += 1
        }
    }

    package static func < (left: Position, right: Position) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One thing that is wrong with the configuration, or unwise in it. It never holds a secret: values are not quoted, except
/// words that are looked for in a list.
package struct Diagnostic: Sendable, Hashable {
    /// The file's path as it was given.
    package var file: String
    /// `nil` when it concerns the file as a whole.
    package var position: Position?
    /// What is wrong and, where it is not obvious, what would be right.
    package var message: String

    package init(file: String, position: Position?, message: String) {
        self.file = file
        self.position = position
        self.message = message
    }
}

extension Diagnostic: CustomStringConvertible {
    /// The form that editors and terminals know how to jump to: `path:3:7: message`. Control characters, which can come
    /// from the file's keys, are shown as escapes.
    package var description: String {
        let place = position.map { ":\($0.line):\($0.column)" } ?? ""
        return (file + place + ": " + message).unicodeScalars.reduce(into: "") { text, scalar in
            let isControl =
                scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
            text += isControl ? scalar.escaped(asASCII: true) : String(scalar)
        }
    }
}

/// Why a configuration cannot be used: everything that is wrong with it, in the order of the file.
package struct SettingsErrors: Error, Sendable, Hashable {
    /// At least one.
    package var errors: [Diagnostic]
    package var warnings: [Diagnostic]

    package init(_ errors: [Diagnostic], warnings: [Diagnostic] = []) {
        self.errors = errors
        self.warnings = warnings
    }
}

extension SettingsErrors: CustomStringConvertible {
    /// One line an error.
    package var description: String { errors.map(\.description).joined(separator: "\n") }
}
