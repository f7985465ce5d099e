import CSQLite

/// One connection to a database file, with the settings the store relies on. Not to be used by two threads at once.
///
/// The locking mode is exclusive: no other process can open the file, and the index of the write-ahead log stays in this
/// process's memory, so that no `-shm` file exists and the log works where shared memory does not.
final class Connection {
    /// How a file is opened.
    enum Access {
        case readWrite
        /// Reads a file that nobody changes, and changes nothing around it: not even an empty log is made beside it. A log
        /// that is there is not read.
        case immutable
    }

    /// How far a checkpoint goes.
    enum Checkpoint {
        /// Copies what it can into the database file, and leaves the log its size.
        case passive
        /// Copies everything and empties the log.
        case truncate
    }

    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]

    /// Opens a file that exists.
    ///
    /// No byte is written: the log of a database in WAL mode is created empty where there is none, unless the access is
    /// immutable. `patience` is how long to wait for another program that has the file locked.
    init(path: String, access: Access, patience: Duration = .seconds(5)) throws(SQLiteError) {
        let isImmutable = access == .immutable
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(
            "file:\(Self.escaped(path))\(isImmutable ? "?immutable=1" : "")",
            &opened,
            (isImmutable ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
                | SQLITE_OPEN_EXRESCODE,
            nil
        )
        guard code == SQLITE_OK, let opened else {
            let error = opened.map { Self.lastError(of: $0, code) }
            sqlite3_close(opened)
            throw error ?? SQLiteError(code: code, message: "out of memory")
        }
        handle = opened
        sqlite3_busy_timeout(handle, Int32(clamping: patience.wholeMilliseconds))
        sqlite3_wal_autocheckpoint(handle, 0)
        try configure()
    }

    deinit {
        statements = [:]
        sqlite3_close(handle)
    }

    private func configure() throws(SQLiteError) {
        for (setting, isOn) in [
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, false),
            (SQLITE_DBCONFIG_DEFENSIVE, true),
            (SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (SQLITE_DBCONFIG_DQS_DML, false),
            (SQLITE_DBCONFIG_DQS_DDL, false),
            (SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true),
        ] {
            try check(csqlite_switch(handle, setting, isOn ? 1 : 0))
        }
        try execute(
            """
            PRAGMA locking_mode = EXCLUSIVE;
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON;
            PRAGMA cell_size_check = ON;
            PRAGMA foreign_keys = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA mmap_size = 0;
            PRAGMA cache_size = -256;
            """
        )
    }

    /// Turns to a write-ahead log, with which a commit costs one sync of one file.
    func useWriteAheadLog() throws {
        guard try rows("PRAGMA journal_mode = WAL", read: { try $0.text() }) == ["wal"] else {
            throw SQLiteError(code: SQLITE_CANTOPEN, message: "the file system does not carry a write-ahead log")
        }
    }

    /// Runs statements that take no values; their rows are dropped.
    func execute(_ sql: String) throws(SQLiteError) {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// Runs a statement that changes rows.
    ///
    /// - Returns: how many it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue] = []) throws -> Int {
        try statement(sql).run(values) { _ in }
        return Int(sqlite3_changes(handle))
    }

    /// Runs a query and reads each of its rows.
    @discardableResult
    func rows<Value>(_ sql: String, _ values: [SQLValue] = [], read: (inout Row) throws -> Value) throws -> [Value] {
        var found: [Value] = []
        try statement(sql).run(values) { found.append(try read(&$0)) }
        return found
    }

    /// Reads a pragma that is a number.
    func number(_ pragma: String) throws -> Int64 {
        try rows("PRAGMA \(pragma)", read: { try $0.integer() }).first ?? 0
    }

    /// Runs the body in a transaction that holds the write lock from its beginning: all of it is durable when this
    /// returns, none of it has happened when it throws.
    func transaction<Value>(_ body: () throws -> Value) throws -> Value {
        try execute("BEGIN IMMEDIATE")
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // After a full disk or an I/O error SQLite may have rolled back by itself. The first error is the one to tell.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Grows the file by pages that later rows take before it grows again.
    func addFreePages(_ count: Int64) throws {
        let size = try number("page_size")
        try transaction {
            try execute("CREATE TABLE filling (bytes BLOB) STRICT")
            try run("INSERT INTO filling VALUES (zeroblob(?))", [.integer(count * size)])
            try execute("DROP TABLE filling")
        }
        try checkpoint(.passive)
    }

    /// Copies what the log holds into the database file, synced.
    func checkpoint(_ mode: Checkpoint) throws(SQLiteError) {
        let mode = mode == .passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE
        try check(sqlite3_wal_checkpoint_v2(handle, nil, mode, nil, nil))
    }

    /// Looks for structural damage in all pages, as they are on the disk; `thorough` compares the indexes with their tables
    /// too. Throws `SQLITE_CORRUPT` where there is some.
    func verify(thorough: Bool = false) throws {
        // Pages that are held in memory would hide what has become of them on the disk.
        try execute("PRAGMA shrink_memory")
        let findings = try rows("PRAGMA \(thorough ? "integrity_check" : "quick_check")(1)") { try $0.text() }
        guard findings == ["ok"] else {
            throw SQLiteError(code: SQLITE_CORRUPT, message: findings.first ?? "no answer to the integrity check")
        }
    }

    /// Whether the path names another file by now, or none: what is written from here on would be lost.
    var hasMoved: Bool {
        var moved: Int32 = 0
        return sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0
    }

    /// Brings everything into the database file and removes the log when the connection closes. Without it a closing
    /// leaves both as they are, as a crash would.
    func checkpointWhenClosed() throws(SQLiteError) {
        try check(csqlite_switch(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0))
    }

    private func statement(_ sql: String) throws(SQLiteError) -> Statement {
        if let statement = statements[sql] { return statement }
        let statement = try Statement(sql, on: handle)
        statements[sql] = statement
        return statement
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw Self.lastError(of: handle, code) }
    }

    /// The error of the call that has just returned `code`.
    static func lastError(of handle: OpaquePointer, _ code: Int32) -> SQLiteError {
        SQLiteError(
            code: code,
            message: String(cString: sqlite3_errmsg(handle)),
            systemError: [SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_FULL].contains(code & 0xFF)
                ? sqlite3_system_errno(handle) : 0
        )
    }

    /// The path as a `file:` URI has it: all but letters, digits and `/._-` in percent form.
    private static func escaped(_ path: String) -> String {
        path.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "-")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "%" + CollectionOfOne(byte).hex
            }
        }
    }
}
