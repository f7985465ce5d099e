import CSQLite

/// What SQLite said when a call failed. Bound values never appear in its messages.
struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// The extended result code, such as `SQLITE_IOERR_FSYNC`.
    var code: Int32
    var message: String
    /// `errno` of the system call that failed; 0 when none did.
    var systemError: Int32 = 0

    /// The result code without its extension, such as `SQLITE_IOERR`.
    var primaryCode: Int32 { code & 0xFF }

    /// Whether it speaks of a file of which pages, or the tables themselves, cannot be read.
    var isDamage: Bool {
        // `SQLITE_ERROR` is "no such table"; the extension 2 of an I/O error is a file that ends before one of its pages.
        [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR].contains(primaryCode) || code == SQLITE_IOERR | (2 << 8)
    }

    /// Whether after it nobody knows what is on the disk.
    var leavesDoubt: Bool {
        [SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_CORRUPT, SQLITE_NOTADB].contains(primaryCode)
    }

    var description: String { "SQLite: \(message) (\(code)\(systemError == 0 ? "" : ", errno \(systemError)"))" }
}
