import FoundationEssentials
import Glibc
import OAuth

/// The directory that holds everything the store keeps, and what its files are called. It is ours alone: mode 0700.
struct StateDirectory: Sendable {
    let path: String

    var database: String { path + "/tokens.sqlite" }
    /// SQLite's name for the write-ahead log of the database.
    var writeAheadLog: String { database + "-wal" }
    /// Holds the id of the store, and so remembers that there has been one: a database that is missing or empty beside it
    /// is a loss and not a first run.
    var sentinel: String { path + "/tokens.id" }
    var key: String { path + "/key" }
    var lock: String { path + "/lock" }
    var ballast: String { path + "/ballast" }
    var backups: String { path + "/backups" }

    /// Where a database that is found damaged at this moment is set aside.
    func damaged(at now: Instant) -> String { "\(path)/\(Self.damaged)\(now.stamp)" }

    /// Removes what was set aside before a moment: it still holds sealed tokens, also of logins that have been wiped since.
    func removeDamaged(before moment: Instant) throws {
        let limit = Self.damaged + moment.stamp
        for name in try FileManager.default.contentsOfDirectory(atPath: path)
        where name.hasPrefix(Self.damaged) && name < limit {
            try remove("\(path)/\(name)")
        }
    }

    private static let damaged = "corrupt-"

    /// Creates the directory and those above it where they are missing. One that others may enter is closed to them.
    func create() throws {
        try Self.create(path)
        let directory = try Descriptor(path, O_RDONLY | O_DIRECTORY)
        let status = try directory.status()
        guard status.st_uid == geteuid() else {
            throw StoreError(
                .notOwned,
                "The state directory \(path) belongs to user id \(status.st_uid); "
                    + "give tokend a directory of its own with TOKEND_STATE_DIR or --state-dir."
            )
        }
        if status.st_mode & 0o077 != 0 { try directory.setMode(0o700) }
    }

    /// Whether there is something under the path, a dangling link included.
    func exists(_ path: String) throws(SystemError) -> Bool {
        var status = stat()
        do throws(SystemError) {
            try SystemError.check("lstat", path) { lstat(path, &status) }
            return true
        } catch {
            if error.number == ENOENT { return false }
            throw error
        }
    }

    /// Returns when the directory's entries, as they are now, are on the disk.
    func sync() throws(SystemError) { try Self.sync(path) }

    /// Returns when the entries of any directory are on the disk.
    static func sync(_ path: String) throws(SystemError) {
        try Descriptor(path, O_RDONLY | O_DIRECTORY).sync()
    }

    /// Puts a small file in place as a whole, mode 0600: after a crash it is there completely or not at all.
    func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws(SystemError) {
        let draft = path + ".new"
        try remove(draft)
        do throws(SystemError) {
            let file = try Descriptor(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            try file.write(bytes)
            try file.sync()
            try move(draft, to: path)
        } catch {
            unlink(draft)
            throw error
        }
    }

    /// Renames a file of the directory over another, durably.
    func move(_ source: String, to target: String) throws(SystemError) {
        try SystemError.check("rename", source) { rename(source, target) }
        try sync()
    }

    /// Removes a file; one that is not there is no error.
    func remove(_ path: String) throws(SystemError) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw SystemError(call: "unlink", path: path, number: errno)
    }

    private static func create(_ path: String) throws(SystemError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.dropFirst().lastIndex(of: "/") else {
            throw SystemError(call: "mkdir", path: path, number: errno)
        }
        try create(String(path[..<slash]))
        try SystemError.check("mkdir", path) { mkdir(path, 0o700) }
    }
}
