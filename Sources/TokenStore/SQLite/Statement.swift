import CSQLite

/// A value that goes into a statement. Secrets are sealed before they come here.
enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    /// A text, or `NULL` for none.
    static func text(ifAny text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }
}

/// One compiled statement; finalized when its last reference goes.
final class Statement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer

    /// Compiles the first statement of `sql`.
    init(_ sql: String, on connection: OpaquePointer) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw Connection.lastError(of: connection, code) }
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs the statement to its end and lends every row it gives.
    ///
    /// It is left reset and without values, ready for the next run, however this one ends.
    func run(_ values: [SQLValue], row: (inout Row) throws -> Void) throws {
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        for (index, value) in zip(Int32(1)..., values) { try bind(value, at: index) }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW:
                var cursor = Row(statement: handle)
                try row(&cursor)
            case SQLITE_DONE: return
            case let code: throw Connection.lastError(of: connection, code)
            }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) throws(SQLiteError) {
        let code =
            switch value {
            case .null: sqlite3_bind_null(handle, index)
            case .integer(let number): sqlite3_bind_int64(handle, index, number)
            case .text(let text):
                text.utf8CString.withUnsafeBufferPointer {
                    csqlite_bind_text(handle, index, $0.baseAddress, UInt64($0.count - 1))
                }
            case .blob(let bytes):
                bytes.withUnsafeBytes { csqlite_bind_blob(handle, index, $0.baseAddress, UInt64($0.count)) }
            }
        guard code == SQLITE_OK else { throw Connection.lastError(of: connection, code) }
    }
}

/// One row of a result, read from left to right. It lives until the statement goes on.
struct Row: ~Copyable {
    private let statement: OpaquePointer
    private var column: Int32 = 0

    fileprivate init(statement: OpaquePointer) { self.statement = statement }

    /// The next column, which must hold an integer.
    mutating func integer() throws(SQLiteError) -> Int64 {
        sqlite3_column_int64(statement, try next(SQLITE_INTEGER))
    }

    /// The next column, which must hold a text.
    mutating func text() throws(SQLiteError) -> String {
        let column = try next(SQLITE_TEXT)
        let bytes = UnsafeBufferPointer(
            start: sqlite3_column_text(statement, column),
            count: Int(sqlite3_column_bytes(statement, column))
        )
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The next column, which must hold bytes.
    mutating func blob() throws(SQLiteError) -> [UInt8] {
        let column = try next(SQLITE_BLOB)
        let start = sqlite3_column_blob(statement, column)
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    /// The next column as an integer; `nil` for `NULL`.
    mutating func integerIfAny() throws(SQLiteError) -> Int64? { skipNull() ? nil : try integer() }

    /// The next column as a text; `nil` for `NULL`.
    mutating func textIfAny() throws(SQLiteError) -> String? { skipNull() ? nil : try text() }

    private mutating func skipNull() -> Bool {
        guard sqlite3_column_type(statement, column) == SQLITE_NULL else { return false }
        column += 1
        return true
    }

    private mutating func next(_ type: Int32) throws(SQLiteError) -> Int32 {
        guard sqlite3_column_type(statement, column) == type else {
            throw SQLiteError(
                code: SQLITE_CORRUPT,
                message: "column \(column) holds another type than its table allows"
            )
        }
        defer { column += 1 }
        return column
    }
}
