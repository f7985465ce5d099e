import CSQLite
import Glibc

/// Why the store did not do what was asked.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, for who must act on it.
    package enum Code: Sendable, Hashable {
        /// No room on the disk, not even after the ballast was given up.
        case full
        /// The disk or the file system failed. The connection is reopened and verified before the next operation.
        case io
        /// The directory cannot be written.
        case readOnly
        /// Another program has the database open; its process id where the kernel tells.
        case busy(by: Int32?)
        /// Another tokend owns the state directory; its process id where it is known.
        case locked(by: Int32?)
        /// The state directory or a file in it belongs to another user.
        case notOwned
        /// Pages of the database are damaged.
        case corrupt
        /// The file is no SQLite database.
        case notADatabase
        /// The file is another program's database.
        case foreign
        /// A newer tokend has written the database.
        case newerSchema
        /// The database is missing or empty, though there has been one, or it was taken away while it was in use.
        case lost
        case keyMissing
        case keyWrong
        case keyTooOpen
        case keyUnreadable
        /// A sealed value does not open in the place where it stands.
        case tampered
        /// The row holds a later generation than the one the change was made from.
        case superseded
        /// There is no such login in the store.
        case unknownGrant
        /// The store has been closed.
        case closed
        /// SQLite answered something that the store knows no way to.
        case unexpected
    }

    package var code: Code
    /// What happened and what mends it, with paths. Never a secret.
    package var message: String
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { cause.map { "\(message) (\($0))" } ?? message }

    /// The status a daemon exits with that cannot open its store: 75 when another process has it, 78 when it cannot be
    /// used as it is. `nil` for failures of single operations on an open store.
    package var exitCode: Int32? {
        switch code {
        case .locked, .busy: 75
        case .superseded, .unknownGrant, .closed: nil
        default: 78
        }
    }
}

extension StoreError {
    /// Says what an error from below means for the store in this directory. A `StoreError` stays as it is.
    init(_ error: any Error, in directory: StateDirectory) {
        switch error {
        case let error as StoreError: self = error
        case let error as SQLiteError: self.init(sqlite: error, in: directory)
        case let error as SystemError: self.init(systemError: error.number, error, in: directory)
        default: self.init(.unexpected, "The store in \(directory.path) failed.", cause: error)
        }
    }

    private init(sqlite error: SQLiteError, in directory: StateDirectory) {
        let path = directory.database
        switch error.primaryCode {
        case SQLITE_FULL: self.init(systemError: ENOSPC, error, in: directory)
        case SQLITE_READONLY, SQLITE_PERM: self.init(systemError: EROFS, error, in: directory)
        case SQLITE_IOERR, SQLITE_CANTOPEN: self.init(systemError: error.systemError, error, in: directory)
        case SQLITE_BUSY, SQLITE_LOCKED:
            let holder = Self.holder(of: path)
            self.init(
                .busy(by: holder),
                "Another program\(holder.map { ", process \($0)," } ?? "") has \(path) open; close it.",
                cause: error
            )
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self.init(
                .corrupt,
                "The store \(path) is damaged; restart tokend, which then sets it aside and restores the newest backup.",
                cause: error
            )
        default: self.init(.unexpected, "The store \(path) failed.", cause: error)
        }
    }

    private init(systemError: Int32, _ cause: any Error, in directory: StateDirectory) {
        let path = directory.path
        switch systemError {
        case ENOSPC, EDQUOT:
            self.init(.full, "The disk that holds \(path) is full; free some space.", cause: cause)
        case EROFS, EACCES, EPERM:
            self.init(.readOnly, "The state directory \(path) cannot be written; make it writable.", cause: cause)
        default:
            self.init(.io, "The state directory \(path) could not be read or written; check the disk.", cause: cause)
        }
    }

    /// The process that holds one of SQLite's locks on the file. Ours are dropped by asking, so it is asked only when
    /// there are none.
    private static func holder(of path: String) -> Int32? {
        guard let file = try? Descriptor(path, O_RDWR | O_NOFOLLOW) else { return nil }
        // SQLite locks 512 bytes from 2^30 on, in every database file (https://www.sqlite.org/fileformat2.html).
        var lock = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 1 << 30, l_len: 512, l_pid: 0)
        guard fcntl(file.number, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        return lock.l_pid
    }
}
