import Glibc
import OAuth

/// The open store: one connection, the lock on its directory and the room held back. Not to be used by two threads at once.
final class Database {
    /// The tables, within one transaction.
    struct Tables {
        let grants: GrantTable
        let revocations: RevocationTable
    }

    /// How much of the write-ahead log exists from the start: room for the pages of one commit, so that a full disk does
    /// not stop it.
    private static let logSize = 256 * 1024

    /// How many free pages the file has at the least, while there is room on the disk.
    private static let freePages: Int64 = 16

    let directory: StateDirectory
    private let lock: StateLock
    private let sealer: Sealer
    private let ballast: Ballast
    private let patience: Duration
    /// `nil` after an I/O error: what is on the disk is then found out anew.
    private var connection: Connection?
    /// The last round of maintenance; `nil` before the first.
    var lastRound: MaintenanceRound?

    init(_ directory: StateDirectory, lock: StateLock, sealer: Sealer, patience: Duration) throws {
        self.directory = directory
        self.lock = lock
        self.sealer = sealer
        self.patience = patience
        ballast = Ballast(directory: directory)
        holdRoomBack(try connected())
    }

    /// Runs the body, which changes nothing.
    func read<Value>(_ body: (Tables) throws -> Value) throws(StoreError) -> Value {
        try withConnection { try body(tables($0)) }
    }

    /// Runs the body in a transaction and returns when its changes are durable.
    ///
    /// On a full disk the ballast is given up and the body runs once more.
    func write<Value>(_ body: (Tables) throws -> Value) throws(StoreError) -> Value {
        let value: Value
        do throws(StoreError) {
            value = try commit(body)
        } catch {
            guard error.code == .full, ballast.release() else { throw error }
            return try commit(body)
        }
        if let connection { holdRoomBack(connection) }
        return value
    }

    /// Takes room for the day the disk is full, as long as there is plenty: the ballast, and free pages in the file, because
    /// a row that is renewed is written to new pages before its old ones become free. A precaution that may fail.
    private func holdRoomBack(_ connection: Connection) {
        ballast.restore()
        do {
            guard try connection.number("freelist_count") < Self.freePages, ballast.isAffordable else { return }
            try connection.addFreePages(2 * Self.freePages)
        } catch {
            if Self.leavesDoubt(error) { self.connection = nil }
        }
    }

    /// Lends the connection for what is no transaction.
    func withConnection<Value>(_ body: (Connection) throws -> Value) throws(StoreError) -> Value {
        do {
            let connection = try connected()
            guard !connection.hasMoved else { throw lost }
            return try body(connection)
        } catch {
            if Self.leavesDoubt(error) { connection = nil }
            throw StoreError(error, in: directory)
        }
    }

    /// Proves that the store answers: one read, in a transaction of its own.
    func check() throws(StoreError) {
        try withConnection { _ = try $0.rows("SELECT count(*) FROM grants") { try $0.integer() } }
    }

    /// Brings everything into the database file, removes the log and ends the lock.
    func close() {
        // If that fails the log stays, and the next start reads it.
        try? connection?.checkpointWhenClosed()
        connection = nil
    }

    private func commit<Value>(_ body: (Tables) throws -> Value) throws(StoreError) -> Value {
        try withConnection { connection in
            let value = try connection.transaction { try body(tables(connection)) }
            // The commit is durable already. Emptying the log lets the next one take its place without growing it; with
            // no room for that on a full disk the log just goes on.
            do {
                try emptyLog(connection, .passive)
            } catch {
                if Self.leavesDoubt(error) { self.connection = nil }
            }
            return value
        }
    }

    func tables(_ connection: Connection) -> Tables {
        Tables(
            grants: GrantTable(connection: connection, sealer: sealer),
            revocations: RevocationTable(connection: connection, sealer: sealer)
        )
    }

    /// Copies the log into the database file, which may have to grow for it.
    private func emptyLog(_ connection: Connection, _ checkpoint: Connection.Checkpoint) throws {
        do {
            try connection.checkpoint(checkpoint)
        } catch {
            guard StoreError(error, in: directory).code == .full, ballast.release() else { throw error }
            try connection.checkpoint(checkpoint)
        }
    }

    /// The connection, made anew where an error has left doubt.
    ///
    /// A sync that has failed once may succeed the next time without having written anything, so nothing is believed of
    /// the log: it is written into the database file, synced, and the whole is verified.
    private func connected() throws -> Connection {
        if let connection { return connection }
        guard try directory.exists(directory.database) else { throw lost }
        let connection = try Connection(path: directory.database, access: .readWrite, patience: patience)
        try connection.useWriteAheadLog()
        try emptyLog(connection, .truncate)
        try connection.verify()
        guard try connection.rows("SELECT store FROM meta", read: { try $0.text() }) == [sealer.store] else {
            throw lost
        }
        // A precaution that may fail.
        try? Descriptor(directory.writeAheadLog, O_RDWR | O_NOFOLLOW).reserve(Self.logSize)
        self.connection = connection
        return connection
    }

    private var lost: StoreError {
        StoreError(
            .lost,
            "The database \(directory.database) was taken away or replaced while tokend had it open; "
                + "put it back, or stop tokend before changing it."
        )
    }

    private static func leavesDoubt(_ error: any Error) -> Bool {
        (error as? SQLiteError)?.leavesDoubt ?? ((error as? StoreError)?.code == .lost)
    }
}
