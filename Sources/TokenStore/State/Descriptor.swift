import Glibc

/// A system call that failed, with the path it was about.
struct SystemError: Error, Sendable, CustomStringConvertible {
    var call: String
    var path: String
    /// The value of `errno`.
    var number: Int32

    var description: String { "\(call) \(path): \(String(cString: strerror(number)))" }

    /// Makes a call that answers -1 for a failure, again as long as a signal interrupts it.
    @discardableResult
    static func check<Value: SignedInteger>(
        _ call: String,
        _ path: String,
        _ body: () -> Value
    ) throws(SystemError) -> Value {
        while true {
            let value = body()
            if value != -1 { return value }
            if errno != EINTR { throw SystemError(call: call, path: path, number: errno) }
        }
    }
}

/// An open file, closed when its owner goes. No child process inherits it.
struct Descriptor: ~Copyable {
    let number: Int32
    private let path: String

    /// Opens a path; `mode` counts where the flags create the file.
    init(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemError) {
        self.path = path
        number = try SystemError.check("open", path) { open(path, flags | O_CLOEXEC, mode) }
    }

    deinit { close(number) }

    /// Kind, owner, mode and size of the file.
    func status() throws(SystemError) -> stat {
        var status = stat()
        try SystemError.check("fstat", path) { fstat(number, &status) }
        return status
    }

    /// Reads from the beginning, up to `limit` bytes or the end.
    func read(upTo limit: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            let count = try SystemError.check("read", path) {
                bytes.withUnsafeMutableBytes { buffer in
                    pread(number, buffer.baseAddress?.advanced(by: filled), limit - filled, off_t(filled))
                }
            }
            if count == 0 { break }
            filled += count
        }
        bytes.removeLast(limit - filled)
        return bytes
    }

    /// Writes all the bytes from the beginning of the file on.
    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            written += try SystemError.check("write", path) {
                pwrite(number, bytes.baseAddress?.advanced(by: written), bytes.count - written, off_t(written))
            }
        }
    }

    /// Returns when the file's contents, or the directory's entries, are on the disk.
    func sync() throws(SystemError) {
        try SystemError.check("fsync", path) { fsync(number) }
    }

    /// Gives the file or directory exactly this mode.
    func setMode(_ mode: mode_t) throws(SystemError) {
        try SystemError.check("fchmod", path) { fchmod(number, mode) }
    }

    /// Makes the file `size` bytes long where it is shorter and reserves the blocks for them.
    func reserve(_ size: Int) throws(SystemError) {
        let number = posix_fallocate(self.number, 0, off_t(size))
        guard number == 0 else { throw SystemError(call: "posix_fallocate", path: path, number: number) }
    }
}
