import Glibc

/// The proof that this process alone owns the state directory: a kernel lock on the file `lock`, which ends with the
/// process however it ends. The file names the owner, for the one who comes second.
final class StateLock {
    private let path: String
    private let file: Descriptor
    private let isNew: Bool

    /// Takes the lock; throws ``StoreError/Code-swift.enum/locked(by:)`` when another process has it.
    init(_ directory: StateDirectory) throws {
        path = directory.lock
        while true {
            let isNew = try !directory.exists(path)
            let file = try Descriptor(path, O_RDWR | O_CREAT | O_NOFOLLOW)
            guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
                guard errno == EWOULDBLOCK else { throw SystemError(call: "flock", path: path, number: errno) }
                throw Self.refusal(try file.read(upTo: 32), directory)
            }
            if try Self.names(path, file) {
                self.file = file
                self.isNew = isNew
                return
            }
        }
    }

    /// Writes our process id into the file, once it is clear that the store can be used. The number is for people, so on a
    /// full disk the file may do without.
    func announce() {
        let line = Array("\(getpid())\n".utf8)
        guard fchmod(file.number, 0o600) == 0, ftruncate(file.number, 0) == 0 else { return }
        try? line.withUnsafeBytes { try file.write($0) }
    }

    /// Leaves no trace when the store is refused: a file that was made for this lock goes again.
    func withdraw() {
        if isNew { unlink(path) }
    }

    /// Whether the path still names the file that was locked: a process that withdrew may have removed it in between.
    private static func names(_ path: String, _ file: borrowing Descriptor) throws(SystemError) -> Bool {
        let ours = try file.status()
        var named = stat()
        return lstat(path, &named) == 0 && named.st_ino == ours.st_ino && named.st_dev == ours.st_dev
    }

    private static func refusal(_ contents: [UInt8], _ directory: StateDirectory) -> StoreError {
        let digits = String(decoding: contents.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let owner = Int32(digits).flatMap { $0 > 0 && (kill($0, 0) == 0 || errno == EPERM) ? $0 : nil }
        return StoreError(
            .locked(by: owner),
            "Another tokend\(owner.map { ", process \($0)," } ?? "") owns the state directory \(directory.path); "
                + "stop it first, or give this one another directory with TOKEND_STATE_DIR or --state-dir."
        )
    }
}
