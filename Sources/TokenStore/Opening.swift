import FoundationEssentials
import Glibc
import OAuth

/// A damaged store that was found at the start, and what took its place.
package struct Recovery: Sendable {
    /// What was wrong.
    package var damage: StoreError
    /// Where the damaged file is kept for 30 days.
    package var setAside: String
    /// The backup that was restored; `nil` when there was none that could be, and every login must be made anew. Its logins
    /// may be of older generations, so that each is marked as if a request were under way with an unknown outcome.
    package var restoredFrom: String?
}

/// The way from a directory to an open store. Everything is looked at before anything is written.
struct Opening {
    let directory: StateDirectory
    let custody: KeyCustody
    let schema: Schema
    let patience: Duration
    let now: Instant

    private var backups: Backups { Backups(directory: directory) }

    /// What comes out.
    struct Outcome {
        var database: Database
        var keySource: KeySource
        var recovery: Recovery?
    }

    /// Takes the lock and opens the store, creates it at the first run, or restores it from a backup where it is damaged.
    func run() throws -> Outcome {
        let lock = try StateLock(directory)
        do {
            let master = try custody.find()
            var outcome = try open(master, lock)
            outcome.keySource = master?.source ?? .file
            lock.announce()
            return outcome
        } catch {
            lock.withdraw()
            throw error
        }
    }

    private func open(_ master: MasterKey?, _ lock: StateLock) throws -> Outcome {
        let inspector = Inspector(directory: directory, schema: schema, master: master)
        var recovery: Recovery?
        var inspection: Inspection
        if try isFirstRun() {
            inspection = try create(under: try master ?? custody.create(), settingAside: nil)
        } else {
            do {
                inspection = try inspector.inspect(directory.database)
            } catch let error as StoreError where error.code == .corrupt {
                (inspection, recovery) = try recover(from: error, inspector)
            }
        }
        try rememberStore(inspection.sealer.store)

        let database = try Database(directory, lock: lock, sealer: inspection.sealer, patience: patience)
        if inspection.version < schema.version {
            try database.withConnection { connection in
                try backups.make(of: connection, at: now)
                try schema.migrate(connection, from: inspection.version)
            }
        }
        return Outcome(database: database, keySource: .file, recovery: recovery)
    }

    /// Whether there has never been a store here; throws `lost` where there has been one.
    private func isFirstRun() throws -> Bool {
        var status = stat()
        guard lstat(directory.database, &status) != 0 || (status.st_mode & S_IFMT == S_IFREG && status.st_size == 0)
        else { return false }
        guard try !directory.exists(directory.sentinel) else {
            throw StoreError(
                .lost,
                "The database \(directory.database) is gone or empty, though there has been one. Put it back, or copy "
                    + "the newest file of \(directory.backups) there; to begin without any login remove \(directory.sentinel)."
            )
        }
        return true
    }

    /// Makes an empty store.
    private func create(under master: MasterKey, settingAside: String?) throws -> Inspection {
        let store = UUID().uuidString.lowercased()
        let (sealer, dataKey) = try Sealer.new(store: store, under: master)
        try install(copying: nil, settingAside: settingAside) { connection in
            try schema.migrate(connection, from: 0)
            try connection.run(
                "INSERT INTO meta (id, store, master_key_id, master_key_source, data_key_id, data_key) "
                    + "VALUES (1, ?, ?, ?, ?, ?)",
                [
                    .text(store), .text(master.id), .text(master.source.rawValue), .text(sealer.keyID), .blob(dataKey),
                ]
            )
        }
        return Inspection(version: schema.version, sealer: sealer)
    }

    /// Puts the newest sound backup in the place of a damaged database, or an empty store where there is none.
    private func recover(from damage: StoreError, _ inspector: Inspector) throws -> (Inspection, Recovery) {
        guard let master = inspector.master else {
            throw StoreError(
                .keyMissing,
                "\(damage.message) Its key is missing too; put that back first.",
                cause: damage
            )
        }
        let setAside = directory.damaged(at: now)
        for backup in try backups.all(at: now) {
            do {
                let inspection = try inspector.inspect(backup)
                try install(copying: backup, settingAside: setAside) { connection in
                    try connection.run(
                        "UPDATE grants SET intent_wall = ?, intent_boot = ?, intent_boot_id = ? WHERE intent_wall IS NULL",
                        Instant.values(now)
                    )
                }
                return (inspection, Recovery(damage: damage, setAside: setAside, restoredFrom: backup))
            } catch let error as StoreError where error.code != .keyWrong {
                continue
            }
        }
        let inspection = try create(under: master, settingAside: setAside)
        return (inspection, Recovery(damage: damage, setAside: setAside, restoredFrom: nil))
    }

    /// Makes a database under another name and puts it in place as a whole; what stood there is kept under the name given.
    private func install(
        copying source: String?,
        settingAside: String?,
        _ fill: (Connection) throws -> Void
    ) throws {
        let draft = directory.database + ".new"
        for leftover in ["", "-wal", "-journal"] { try directory.remove(draft + leftover) }
        let file = try Descriptor(draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
        if let source {
            let backup = try Descriptor(source, O_RDONLY | O_NOFOLLOW)
            let bytes = try backup.read(upTo: Int(try backup.status().st_size))
            try bytes.withUnsafeBytes { try file.write($0) }
        }
        try Self.fill(draft, fill)
        try file.sync()
        if let settingAside { try setAside(settingAside) }
        // A log left behind by another file would be taken for a part of this one.
        try directory.remove(directory.writeAheadLog)
        try directory.move(draft, to: directory.database)
    }

    /// Fills the draft through a connection that has closed when this returns.
    private static func fill(_ draft: String, _ fill: (Connection) throws -> Void) throws {
        let connection = try Connection(path: draft, access: .readWrite)
        try connection.useWriteAheadLog()
        try fill(connection)
        try connection.checkpoint(.truncate)
        try connection.checkpointWhenClosed()
    }

    /// Gives the damaged files second names, so that at no moment there is no database.
    private func setAside(_ path: String) throws {
        for suffix in ["", "-wal"] where try directory.exists(directory.database + suffix) {
            let source = directory.database + suffix
            try Descriptor(source, O_RDONLY | O_NOFOLLOW).setMode(0o600)
            try SystemError.check("link", source) { link(source, path + suffix) }
        }
        try directory.sync()
    }

    /// Writes the sentinel where it is missing or names another store, and closes the database to others.
    private func rememberStore(_ store: String) throws {
        let line = Array("\(store)\n".utf8)
        try Descriptor(directory.database, O_RDONLY | O_NOFOLLOW).setMode(0o600)
        if try directory.exists(directory.sentinel),
            try Descriptor(directory.sentinel, O_RDONLY | O_NOFOLLOW).read(upTo: 64) == line
        {
            return
        }
        try line.withUnsafeBytes { try directory.write($0, to: directory.sentinel) }
    }
}
