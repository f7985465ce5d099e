package import OAuth

/// One of AWS's two ini files, `~/.aws/config` or `~/.aws/credentials`, read as botocore reads it: by the rules of
/// Python's `configparser`.
///
/// A key ends at the first `=` or `:` and has no case. A comment takes a whole line. A line that is indented deeper
/// than its key goes on with the key's value. What stands twice is an error, and so is a line that is none of these.
package struct ProfileFile: Sendable, Hashable {
    /// Why a file cannot be used. The text of the line is not quoted: it may be a secret.
    package struct Unreadable: Error, Sendable, Hashable, CustomStringConvertible {
        package var path: String
        /// Counts from 1.
        package var line: Int
        package var message: String

        package var description: String { "\(path), line \(line): \(message)" }
    }

    /// The sections, in the order of the file.
    package let sections: [ProfileSection]

    /// Reads a file's contents. The path is for messages alone.
    ///
    /// - Throws: `Unreadable`, for the first line that is wrong.
    package init(_ bytes: [UInt8], path: String) throws(Unreadable) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let start = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
            let line = 1 + start.count(where: Self.endsLine)
            throw Unreadable(path: path, line: line, message: "this is not UTF-8; save the file in that encoding")
        }
        var parser = Parser(path: path)
        guard !text.hasPrefix("\u{FEFF}") else {
            throw Unreadable(
                path: path,
                line: 1,
                message: "the file begins with a byte order mark; save it without one"
            )
        }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: Self.endsLine)
        for (index, line) in lines.enumerated() { try parser.read(line, number: index + 1) }
        sections = try parser.finish()
    }

    private static func endsLine(_ character: Character) -> Bool {
        character == "\n" || character == "\r" || character == "\r\n"
    }
}

/// The keys of one section, in lower case, with their values.
package struct ProfileSection: Sendable, Hashable {
    /// The text between the brackets.
    package let name: String
    private var texts: [String: String] = [:]
    private var secrets: [String: Secret] = [:]

    /// The keys whose values are secret.
    private static let secretKeys: Set = ["aws_secret_access_key", "aws_session_token", "aws_security_token"]

    /// The value of a key that holds no secret; `nil` when it is not there, or opens a block of its own.
    package subscript(key: String) -> String? { texts[key] }

    /// The value of a key that holds a secret.
    package func secret(_ key: String) -> Secret? { secrets[key] }

    /// Whether a key has a value.
    package func has(_ key: String) -> Bool { texts[key] != nil || secrets[key] != nil }

    /// The same section with the values of another, which go first.
    package func overridden(by other: ProfileSection) -> ProfileSection {
        var section = self
        section.texts.merge(other.texts) { $1 }
        section.secrets.merge(other.secrets) { $1 }
        return section
    }

    init(name: String) { self.name = name }

    fileprivate mutating func set(_ key: String, to value: String) {
        if Self.secretKeys.contains(key) { secrets[key] = Secret(value) } else { texts[key] = value }
    }
}

/// Reads line after line.
private struct Parser {
    private struct Entry {
        var line: Int
        var key: String
        /// Continuation lines included.
        var lines: [String]
    }

    /// Its keys are in every section that does not have them.
    private static let common = "DEFAULT"

    let path: String
    private var order: [String] = []
    private var entries: [String: [Entry]] = [:]
    private var section: String?
    /// Whether the last entry of the section may go on.
    private var isOpen = false
    private var indentation = 0

    init(path: String) { self.path = path }

    mutating func read(_ line: Substring, number: Int) throws(ProfileFile.Unreadable) {
        let text = line.trimmed
        if text.isEmpty { return goOn(with: "") }
        guard !text.hasPrefix("#"), !text.hasPrefix(";") else { return }
        let margin = line.prefix(while: \.isWhitespace).count
        if isOpen, margin > indentation { return goOn(with: String(text)) }
        indentation = margin
        if let name = Self.header(text) { return try begin(name, number) }
        guard let section else { throw wrong(number, "a key before the first [section]") }
        guard let mark = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
            throw wrong(number, "this is neither a [section] nor `key = value`")
        }
        let key = text[..<mark].trimmed.lowercased()
        guard !key.isEmpty else { throw wrong(number, "there is no key before the `\(text[mark])`") }
        guard entries[section]?.contains(where: { $0.key == key }) != true else {
            throw wrong(number, "this key stands here a second time in its section; delete one of the two")
        }
        let value = String(text[mark...].dropFirst().trimmed)
        entries[section, default: []].append(Entry(line: number, key: key, lines: [value]))
        isOpen = true
    }

    /// The sections, with values put together from their lines.
    func finish() throws(ProfileFile.Unreadable) -> [ProfileSection] {
        var sections: [ProfileSection] = []
        for name in order { sections.append(try section(name)) }
        return sections
    }

    /// The text between the first bracket and the last one; what comes after it is nobody's.
    private static func header(_ text: Substring) -> String? {
        guard text.first == "[", let end = text.lastIndex(of: "]") else { return nil }
        let name = text[..<end].dropFirst()
        return name.isEmpty ? nil : String(name)
    }

    private mutating func begin(_ name: String, _ number: Int) throws(ProfileFile.Unreadable) {
        guard !order.contains(name) else {
            throw wrong(number, "this section begins here a second time; join the two")
        }
        if name != Self.common { order.append(name) }
        section = name
        isOpen = false
    }

    private mutating func goOn(with text: String) {
        guard isOpen, let section, let last = entries[section]?.indices.last else { return }
        entries[section]?[last].lines.append(text)
    }

    private func section(_ name: String) throws(ProfileFile.Unreadable) -> ProfileSection {
        var section = ProfileSection(name: name)
        for entry in (entries[Self.common] ?? []) + (entries[name] ?? []) {
            let rest = entry.lines.dropFirst().filter { !$0.isEmpty }
            if entry.lines.first == "", !rest.isEmpty {
                // A block of another service's settings; here only its form counts.
                guard rest.allSatisfy({ $0.contains("=") }) else {
                    throw wrong(entry.line, "the indented lines below are not all `key = value`")
                }
            } else {
                section.set(entry.key, to: String(entry.lines.joined(separator: "\n")[...].trimmed))
            }
        }
        return section
    }

    private func wrong(_ line: Int, _ message: String) -> ProfileFile.Unreadable {
        ProfileFile.Unreadable(path: path, line: line, message: message)
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
    }
}
