import Glibc

/// A secret that comes through standard input, where neither `ps` nor the shell's history sees it.
enum StandardInput {
    /// Bytes that a secret may have: what the daemon takes as a body, less the JSON around it.
    private static var limit: Int { 60 * 1024 }

    /// Reads to the end; white space around the secret is not part of it. Throws a usage failure where there is none.
    static func secret() throws(CommandFailure) -> String {
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while text.count <= limit {
            let count = read(STDIN_FILENO, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            text += part.prefix(count)
        }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        var secret = text.drop(while: isSpace)
        while let last = secret.last, isSpace(last) { secret.removeLast() }
        guard !secret.isEmpty, secret.count <= limit, secret.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw CommandFailure(.usage, "standard input does not hold a refresh token")
        }
        return String(decoding: secret, as: UTF8.self)
    }
}
