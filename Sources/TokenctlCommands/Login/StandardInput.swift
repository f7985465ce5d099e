import Glibc

/// Secrets that come through standard input, where neither `ps` nor the shell's history sees them.
package enum StandardInput {
    /// Bytes that there may be: what the daemon takes as a body, less the JSON around it.
    private static var limit: Int { 60 * 1024 }

    /// Reads to the end: a secret a line, at most as many as there are names, and at least the first. The names say what
    /// they are, for the usage failure that is thrown otherwise.
    static func secrets(_ names: String...) throws(CommandFailure) -> [String] {
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while text.count <= limit {
            let count = read(STDIN_FILENO, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            text += part.prefix(count)
        }
        guard text.count <= limit, let secrets = secrets(in: text), secrets.count <= names.count else {
            throw CommandFailure(
                .usage,
                "standard input does not hold \(names.joined(separator: ", and on a line of its own "))"
            )
        }
        return secrets
    }

    /// The secrets in a text. White space around them is not part of them, and blank lines are none; `nil` where there is
    /// no other line, or one with anything but printable ASCII characters.
    package static func secrets(in text: [UInt8]) -> [String]? {
        let lines = text.split(separator: UInt8(ascii: "\n")).map { line in
            line.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        }
        let secrets = lines.filter { !$0.isEmpty }
        guard !secrets.isEmpty, secrets.allSatisfy({ $0.allSatisfy { $0 > 0x20 && $0 < 0x7F } }) else { return nil }
        return secrets.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
