/// A line split into words as a POSIX shell does it, without anything else that a shell does: no variables, no
/// patterns, no comments. AWS writes names of sections and `credential_process` in this way.
package enum ShellWords {
    /// Splits a line; `nil` when a quote is not closed, or a backslash is the last character.
    package static func split(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var rest = Substring(line)
        while let character = rest.popFirst() {
            switch character {
            case " ", "\t", "\r", "\n", "\r\n":
                if let word { words.append(word) }
                word = nil
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                word = (word ?? "") + String(next)
            case "'":
                guard let end = rest.firstIndex(of: "'") else { return nil }
                word = (word ?? "") + rest[..<end]
                rest = rest[end...].dropFirst()
            case "\"":
                guard let quoted = quoted(&rest) else { return nil }
                word = (word ?? "") + quoted
            default:
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }

    /// Takes what stands before the closing double quote, where a backslash protects only a quote and another
    /// backslash.
    private static func quoted(_ rest: inout Substring) -> String? {
        var text = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"":
                return text
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                text += next == "\"" || next == "\\" ? String(next) : "\\\(next)"
            default:
                text.append(character)
            }
        }
        return nil
    }
}
