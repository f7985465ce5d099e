import FoundationEssentials
import Glibc

/// Lines for people.
enum StandardError {
    /// Writes one line at once. That nobody reads it is no reason to stop.
    static func line(_ text: String) {
        let bytes = Array("\(text)\n".utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// The file that tells a script where the issuer listens.
enum PortFile {
    /// Why it cannot be written.
    struct WriteError: Error, CustomStringConvertible {
        var path: String
        var cause: any Error

        var description: String {
            let reason = ((cause as? CocoaError)?.underlying as? POSIXError).map {
                String(cString: strerror($0.code.rawValue))
            }
            return "\(path): \(reason ?? "\(cause)")"
        }
    }

    /// Writes the number and a newline; who sees the file sees all of it.
    static func write(_ port: Int, to path: String) throws(WriteError) {
        do {
            try Data("\(port)\n".utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw WriteError(path: path, cause: error)
        }
    }
}
