import FoundationEssentials
import Glibc

/// The directory `~/.aws/sso/cache`, which we share with AWS's own tools.
///
/// A file appears by a rename, complete and with mode 0600, so that no reader ever sees a part of one. What is not a
/// plain file of ours is neither read nor replaced.
struct CacheDirectory: Sendable {
    let path: String

    /// Why a file could not be read or written, as a sentence.
    struct Failure: Error, Sendable, Hashable {
        var message: String

        /// The last system call failed.
        static func call(_ what: String, _ path: String) -> Failure {
            Failure(message: "cannot \(what) \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// The largest file that is taken for one of a token.
    private static let limit = 64 * 1024

    /// Reads a file.
    ///
    /// - Returns: its bytes; `nil` when it is not there.
    /// - Throws: why it cannot be read, or is not to be.
    func read(_ name: String) throws(Failure) -> [UInt8]? {
        let file = path + "/" + name
        guard try check(name) else { return nil }
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .call("read", file)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.limit)
        var filled = 0
        while filled < Self.limit {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .call("read", file) }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes[..<filled])
    }

    /// Whether there is such a directory.
    var exists: Bool { access(path, F_OK) == 0 }

    /// Makes the directory, and those above it, where they are missing: closed to others.
    func create() throws(Failure) { try create(path) }

    /// Puts a file in place as a whole.
    func write(_ bytes: [UInt8], to name: String) throws(Failure) {
        _ = try check(name)
        let draft = path + "/" + drafts(of: name) + "\(getpid())-\(UInt64.random(in: .min ... .max))"
        do throws(Failure) {
            try writeDraft(bytes, draft)
            guard rename(draft, path + "/" + name) == 0 else { throw .call("rename", draft) }
        } catch {
            unlink(draft)
            throw error
        }
        try syncEntries()
    }

    /// Removes a file; one that is not there is no error.
    func remove(_ name: String) throws(Failure) {
        guard try check(name) else { return }
        guard unlink(path + "/" + name) == 0 || errno == ENOENT else { throw .call("remove", path + "/" + name) }
    }

    /// Removes what a writer has left behind that was killed before it was done. What a living one is at stays.
    func removeOldDrafts(of name: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for draft in names where draft.hasPrefix(drafts(of: name)) {
            let writer = draft.dropFirst(drafts(of: name).count).prefix { $0.isWholeNumber }
            guard let writer = pid_t(writer), kill(writer, 0) != 0, errno == ESRCH else { continue }
            unlink(path + "/" + draft)
        }
    }

    /// What the names of a file's drafts begin with. They end in the writer's process id and a random number, and so
    /// not in `.json`: other tools read every file that does.
    private func drafts(of name: String) -> String { "." + name + ".tokend-" }

    private func writeDraft(_ bytes: [UInt8], _ draft: String) throws(Failure) {
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .call("create", draft) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .call("write", draft) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw .call("write", draft) }
    }

    /// Returns when the directory's entries are on the disk.
    private func syncEntries() throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .call("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .call("sync", path) }
    }

    /// Whether there is a file of this name.
    ///
    /// - Throws: what stands there in place of a plain file of ours.
    private func check(_ name: String) throws(Failure) -> Bool {
        let file = path + "/" + name
        var status = stat()
        guard lstat(file, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return false }
            throw .call("look at", file)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(message: "\(file) is a link or no file; remove it, and tokend keeps a file there")
        }
        guard status.st_uid == geteuid() else {
            throw Failure(
                message: "\(file) belongs to user id \(status.st_uid); remove it, and tokend keeps a file there"
            )
        }
        return true
    }

    private func create(_ directory: String) throws(Failure) {
        if mkdir(directory, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = directory.dropFirst().lastIndex(of: "/") else {
            throw .call("create", directory)
        }
        try create(String(directory[..<slash]))
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw .call("create", directory) }
    }
}
