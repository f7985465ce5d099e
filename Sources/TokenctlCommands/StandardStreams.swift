import Glibc

/// Where data goes. Every write is one call to the system, so a line arrives as a whole.
enum StandardOutput {
    /// Writes bytes as they are. Throws where they cannot be written, to a full disk for instance.
    static func write(_ bytes: [UInt8]) throws(CommandFailure) {
        if let number = writeAll(bytes, to: STDOUT_FILENO) {
            throw CommandFailure(.outputFailed, "cannot write to standard output: \(String(cString: strerror(number)))")
        }
    }

    /// Writes bytes and a newline.
    static func writeLine(_ bytes: [UInt8]) throws(CommandFailure) {
        try write(bytes + [UInt8(ascii: "\n")])
    }

    /// Writes a text and a newline.
    static func writeLine(_ text: String) throws(CommandFailure) {
        try writeLine(Array(text.utf8))
    }
}

/// Where everything goes that is not data. What cannot be said there is not said.
enum StandardError {
    /// Says a line of the program's own, with its name before it.
    static func say(_ message: String) {
        write("tokenctl: \(message.printable)\n")
    }

    /// Writes a text as it is, control sequences included.
    static func write(_ text: String) {
        _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
    }
}

/// Writes every byte. Returns the `errno` where that fails.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var written = 0
    while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 {
            written += count
        } else if errno != EINTR {
            return errno
        }
    }
    return nil
}
