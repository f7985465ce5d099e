import Glibc

/// AWS's configuration file on the disk.
package struct StoredConfigFile: Sendable, Hashable {
    package let path: String

    package init(path: String) { self.path = path }

    /// The file that AWS's programs read: `$AWS_CONFIG_FILE`, else `~/.aws/config`. Throws where neither can be told.
    package init(environment: (String) -> String?) throws(CommandFailure) {
        let home = environment("HOME") ?? ""
        if let path = environment("AWS_CONFIG_FILE"), !path.isEmpty {
            self.path = path.hasPrefix("~/") ? home + path.dropFirst() : path
        } else if home.isEmpty {
            throw CommandFailure(.configuration, "cannot tell where AWS's configuration is: HOME is not set")
        } else {
            path = home + "/.aws/config"
        }
    }

    /// Reads it; a file that is not there is empty. Throws where it cannot be read, or is no text.
    package func read() throws(CommandFailure) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return "" }
            throw failure(.configuration, "read")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &part, part.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure(.configuration, "read") }
            if count == 0 { break }
            bytes += part.prefix(count)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.configuration, "\(path) is not UTF-8 text, and is left as it is")
        }
        return text
    }

    /// Puts a text in its place, in one step: who reads meanwhile sees the old one or the new one. The mode stays, a new
    /// file is its owner's alone, and where the path is a link the file that it leads to is replaced. Throws where that
    /// fails; then the old file is there as it was.
    package func write(_ text: String) throws(CommandFailure) {
        let target = resolved
        let directory = target.prefix(through: target.lastIndex(of: "/") ?? target.startIndex)
        if target.contains("/"), mkdir(String(directory), 0o700) != 0, errno != EEXIST {
            throw failure(.outputFailed, "make the directory of")
        }
        var status = stat()
        let mode = stat(target, &status) == 0 ? status.st_mode & 0o7777 : 0o600
        var template = Array("\(target).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure(.outputFailed, "write") }
        let isWritten =
            fchmod(descriptor, mode) == 0 && writeAll(Array(text.utf8), to: descriptor) == nil
            && fsync(descriptor) == 0 && rename(template, target) == 0
        let number = errno
        close(descriptor)
        guard isWritten else {
            unlink(template)
            errno = number
            throw failure(.outputFailed, "write")
        }
    }

    /// The path without links, as far as it exists.
    private var resolved: String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// The failure that `errno` tells of.
    private func failure(_ status: ExitStatus, _ verb: String) -> CommandFailure {
        CommandFailure(status, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
