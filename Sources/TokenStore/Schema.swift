/// The tables, as the sequence of migrations that makes them. A database's `user_version` counts those it has been through.
package struct Schema: Sendable {
    /// Marks a database as tokend's: `tokd` in ASCII.
    static let applicationID: Int32 = 0x746F_6B64

    /// Each takes the tables from the version that is its index to the next. What has been released never changes.
    package var migrations: [String]

    package init(migrations: [String]) { self.migrations = migrations }

    /// The version this program writes.
    package var version: Int32 { Int32(migrations.count) }

    /// Brings the tables from `version` to ours, in one transaction: a crash leaves the old ones or the new ones.
    func migrate(_ connection: Connection, from version: Int32) throws {
        try connection.transaction {
            for migration in migrations[Int(version)...] { try connection.execute(migration) }
            try connection.execute("PRAGMA application_id = \(Self.applicationID)")
            try connection.execute("PRAGMA user_version = \(self.version)")
        }
    }

    /// The tables of this program.
    package static let current = Schema(migrations: [firstVersion])

    /// `meta` is read before any migration, so its columns stay what they are. The secret columns are sealed; see ``Sealer``.
    private static let firstVersion = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            store TEXT NOT NULL,
            master_key_id TEXT NOT NULL,
            master_key_source TEXT NOT NULL,
            data_key_id TEXT NOT NULL,
            data_key BLOB NOT NULL
        ) STRICT;
        CREATE TABLE grants (
            id INTEGER PRIMARY KEY,
            account TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            generation INTEGER NOT NULL,
            requested_scope TEXT NOT NULL,
            subject TEXT,
            last_refresh_wall INTEGER, last_refresh_boot INTEGER, last_refresh_boot_id TEXT,
            intent_wall INTEGER, intent_boot INTEGER, intent_boot_id TEXT,
            ended_wall INTEGER, ended_boot INTEGER, ended_boot_id TEXT,
            ended_reason TEXT,
            ended_detail TEXT,
            dormant_wall INTEGER, dormant_boot INTEGER, dormant_boot_id TEXT,
            key_id TEXT NOT NULL,
            sealed BLOB NOT NULL,
            UNIQUE (account, fingerprint)
        ) STRICT;
        CREATE TABLE revocations (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            since_wall INTEGER NOT NULL, since_boot INTEGER NOT NULL, since_boot_id TEXT NOT NULL,
            key_id TEXT NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
