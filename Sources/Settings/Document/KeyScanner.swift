/// Walks through a TOML 1.0 document and notes its keys.
///
/// It holds the text to the grammar as far as that tells keys from values: lines, headers, dotted and quoted keys, arrays,
/// inline tables, comments, and where each value ends. Within a string, number or date it is TOMLKit that judges, and so it
/// is over keys given twice.
///
/// TOMLKit is handed no text that fails here: its parser asserts what a text may break (a key after `[`, a value after
/// `[`), recurses as deep as the text is nested, and takes NUL for the end.
struct KeyScanner {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var position = Position.start
    private var found = KeyPositions()
    /// How many elements each array of tables has so far.
    private var elements: [[KeyPositions.Step]: Int] = [:]

    /// Makes a scanner that stands at the beginning of a text.
    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        // A byte order mark has no column.
        if scalars.first == "\u{FEFF}" { index = 1 }
    }

    /// Walks to the end of the text and returns what was found.
    mutating func scan() throws(SyntaxError) -> KeyPositions {
        try refuseNUL()
        var table: [KeyPositions.Step] = []
        while next != nil {
            blanks()
            switch next {
            case nil, "\n", "\r", "#": break
            case "[": table = try header()
            default: try pair(in: table)
            }
            try endOfLine()
        }
        return found
    }

    private func refuseNUL() throws(SyntaxError) {
        var position = Position.start
        for scalar in scalars {
            if scalar == "\0" { throw SyntaxError("a NUL character; the configuration is a text file", at: position) }
            position.advance(past: scalar)
        }
    }

    // MARK: Keys

    /// Reads `[a.b]` or `[[a.b]]` and returns the path of the table that the lines below it fill.
    private mutating func header() throws(SyntaxError) -> [KeyPositions.Step] {
        advance()
        let beginsElement = take("[")
        let segments = try key()
        try expect("]", "after the table's name")
        if beginsElement { try expect("]", "after the table's name") }
        var path: [KeyPositions.Step] = []
        for (offset, segment) in segments.enumerated() {
            try follow(&path, .key(segment.name))
            found.add(path, at: segment.position)
            if beginsElement, offset == segments.count - 1 { elements[path, default: 0] += 1 }
            // A header names the newest element of each array on its way.
            if let count = elements[path] { try follow(&path, .index(count - 1)) }
        }
        return path
    }

    /// Reads `a.b = value`.
    private mutating func pair(in table: [KeyPositions.Step]) throws(SyntaxError) {
        var path = table
        for segment in try key() {
            try follow(&path, .key(segment.name))
            found.add(path, at: segment.position)
        }
        try expect("=", "after the key")
        blanks()
        try value(at: path)
    }

    /// Reads a key of one or more segments, and the blanks around it.
    private mutating func key() throws(SyntaxError) -> [(name: String, position: Position)] {
        var segments: [(name: String, position: Position)] = []
        repeat {
            blanks()
            let start = position
            let isQuoted = next == "\"" || next == "'"
            segments.append((isQuoted ? try string() : try bareKey(), start))
            blanks()
        } while take(".")
        return segments
    }

    private mutating func bareKey() throws(SyntaxError) -> String {
        var name = ""
        while let scalar = next, Self.isLetterOrDigit(scalar) || scalar == "-" || scalar == "_" {
            name.unicodeScalars.append(scalar)
            advance()
        }
        guard !name.isEmpty else { throw failure("expected a key") }
        return name
    }

    /// Takes one more step on a path.
    private func follow(_ path: inout [KeyPositions.Step], _ step: KeyPositions.Step) throws(SyntaxError) {
        guard path.count < KeyPositions.deepest else { throw failure("nested more than \(KeyPositions.deepest) deep") }
        path.append(step)
    }

    // MARK: Values

    private mutating func value(at path: [KeyPositions.Step]) throws(SyntaxError) {
        switch next {
        case "\"", "'": _ = try string()
        case "[": try array(at: path)
        case "{": try inlineTable(at: path)
        default: try bareValue()
        }
    }

    private mutating func array(at path: [KeyPositions.Step]) throws(SyntaxError) {
        advance()
        var count = 0
        while true {
            try blanksAndLines()
            if take("]") { return }
            var element = path
            try follow(&element, .index(count))
            try value(at: element)
            count += 1
            try blanksAndLines()
            if take("]") { return }
            try expect(",", "or `]`")
        }
    }

    private mutating func inlineTable(at path: [KeyPositions.Step]) throws(SyntaxError) {
        advance()
        blanks()
        if take("}") { return }
        while true {
            try pair(in: path)
            blanks()
            if take("}") { return }
            try expect(",", "or `}`")
        }
    }

    /// Reads a number, a date, or one of TOML's four words.
    private mutating func bareValue() throws(SyntaxError) {
        let start = position
        var text = ""
        while let scalar = next {
            // A blank may part a date from a time.
            let isBlankInDate =
                scalar == " " && text.count == 10 && scalars[(index + 1)...].first.map(Self.isDigit) == true
            guard isBlankInDate || Self.isLetterOrDigit(scalar) || "+-._:".unicodeScalars.contains(scalar) else {
                break
            }
            text.unicodeScalars.append(scalar)
            advance()
        }
        guard !text.isEmpty else { throw failure("expected a value") }
        guard BareValue.isPlausible(text) else {
            throw SyntaxError("neither a number, a date nor `true` or `false`; a string stands in quotes", at: start)
        }
    }

    /// Reads a string of any kind. What it returns is exact for the kinds that a key may have, those on one line.
    private mutating func string() throws(SyntaxError) -> String {
        let start = position
        guard let quote = next else { return "" }
        let isMultiline = scalars[index...].prefix(3).elementsEqual([quote, quote, quote])
        for _ in 0..<(isMultiline ? 3 : 1) { advance() }
        var text = ""
        while let scalar = next {
            switch scalar {
            case quote where !isMultiline:
                advance()
                return text
            case quote:
                // Five quotes in a row are two that belong to the text and three that end it.
                var run = 0
                while run < 5, take(quote) { run += 1 }
                if run >= 3 { return text }
            case "\\" where quote == "\"": text.unicodeScalars.append(try escape())
            case "\n" where !isMultiline: throw SyntaxError("a string that does not end on its line", at: start)
            default:
                text.unicodeScalars.append(scalar)
                advance()
            }
        }
        throw SyntaxError("a string that does not end", at: start)
    }

    /// Reads a backslash and what it gives a meaning to.
    private mutating func escape() throws(SyntaxError) -> Unicode.Scalar {
        let start = position
        advance()
        guard let letter = next else { return "\\" }
        advance()
        switch letter {
        case "b": return "\u{8}"
        case "t": return "\t"
        case "n": return "\n"
        case "f": return "\u{C}"
        case "r": return "\r"
        case "u", "U":
            var code: UInt32 = 0
            for _ in 0..<(letter == "u" ? 4 : 8) {
                guard let digit = next.flatMap({ Character($0).hexDigitValue }) else { return "\u{FFFD}" }
                code = code << 4 | UInt32(digit)
                advance()
            }
            guard code != 0 else { throw SyntaxError("an escaped NUL character; no string may hold one", at: start) }
            return Unicode.Scalar(code) ?? "\u{FFFD}"
        default: return letter
        }
    }

    // MARK: Blanks and lines

    private mutating func blanks() {
        while next == " " || next == "\t" { advance() }
    }

    private mutating func blanksAndLines() throws(SyntaxError) {
        blanks()
        while let scalar = next, ["#", "\r", "\n"].contains(scalar) {
            try endOfLine()
            blanks()
        }
    }

    private mutating func endOfLine() throws(SyntaxError) {
        blanks()
        if next == "#" {
            while let scalar = next, scalar != "\n" { advance() }
        }
        if next == "\r", scalars[(index + 1)...].first == "\n" { advance() }
        guard next == nil || take("\n") else { throw failure("expected the end of the line") }
    }

    // MARK: Scalars

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func advance() {
        guard let scalar = next else { return }
        index += 1
        position.advance(past: scalar)
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        advance()
        return true
    }

    private mutating func expect(_ scalar: Unicode.Scalar, _ place: String) throws(SyntaxError) {
        guard take(scalar) else { throw failure("expected `\(scalar)` \(place)") }
    }

    private func failure(_ message: String) -> SyntaxError { SyntaxError(message, at: position) }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
