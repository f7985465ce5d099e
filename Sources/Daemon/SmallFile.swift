import Glibc

/// Reads files that fit in a page or two; a pipe or a device in the place of one does not hold the reader up.
enum SmallFile {
    /// Why a file could not be read, as a sentence.
    struct Unreadable: Error, Sendable {
        var message: String
    }

    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - limit: the most bytes it may have.
    /// - Returns: its bytes.
    /// - Throws: `Unreadable`, with the path and the reason in its message.
    static func read(_ path: String, limit: Int) throws(Unreadable) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw Unreadable(message: "cannot read \(path): \(reason())") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Unreadable(message: "cannot read \(path): \(reason())") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw Unreadable(message: "cannot read \(path): it is larger than \(limit) bytes")
            }
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
