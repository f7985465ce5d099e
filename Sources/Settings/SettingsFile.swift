import Glibc

/// The configuration file on disk.
package struct SettingsFile: Sendable, Hashable {
    package var path: String

    package init(path: String) { self.path = path }

    /// No configuration comes near this many bytes; something else must have got into its place.
    package static let largest = 1 << 20

    /// Reads the file and checks it; one that does not exist gives `Settings.empty`.
    ///
    /// The file decides which programs run and where secrets go, so it is refused when anyone but its owner could have
    /// written it. Kind, mode and size are those of the opened file, not of whatever the path names a moment later.
    ///
    /// - Throws: why the file cannot be used, or everything that is wrong in it.
    package func load(home: String?, aws: AWSContext = AWSContext()) throws(SettingsErrors) -> Settings {
        guard let bytes = try contents() else { return .empty }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw failure("not valid UTF-8", at: Self.endOfValidUTF8(in: bytes))
        }
        return try Settings(text: text, file: path, home: home, aws: aws)
    }

    /// The bytes of the file; `nil` where there is none.
    private func contents() throws(SettingsErrors) -> [UInt8]? {
        // Opening a FIFO would wait for its writer.
        let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT { return nil }
            throw failure("cannot be opened: \(String(cString: strerror(code)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw failure("cannot be examined: \(String(cString: strerror(errno)))")
        }
        try check(status)
        return try read(from: descriptor)
    }

    private func check(_ status: stat) throws(SettingsErrors) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw failure("is a directory; the configuration is a file")
        case S_IFIFO: throw failure("is a named pipe; the configuration must be a regular file")
        default: throw failure("is not a regular file")
        }
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            throw failure("others than its owner may write to it (mode \(mode)); run: chmod go-w \(path)")
        }
    }

    private func read(from descriptor: Int32) throws(SettingsErrors) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.largest + 1)
        var count = 0
        while count < bytes.count {
            let result = retrying {
                bytes.withUnsafeMutableBytes {
                    Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
                }
            }
            guard result >= 0 else { throw failure("cannot be read: \(String(cString: strerror(errno)))") }
            guard result > 0 else { return Array(bytes.prefix(count)) }
            count += result
        }
        throw failure("is larger than 1 MiB; that cannot be a configuration")
    }

    private func failure(_ message: String, at position: Position? = nil) -> SettingsErrors {
        SettingsErrors([Diagnostic(file: path, position: position, message: message)])
    }

    /// Where the first byte stands that is no UTF-8.
    private static func endOfValidUTF8(in bytes: [UInt8]) -> Position {
        var position = Position.start
        var decoder = UTF8()
        var rest = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&rest) { position.advance(past: scalar) }
        return position
    }
}

/// Makes a system call again for as long as a signal interrupts it.
private func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
