import Glibc

/// What a first look at a database of ours found.
struct Inspection {
    /// The version of its tables.
    var version: Int32
    /// Opens and seals its rows.
    var sealer: Sealer
}

/// Looks at a database file and changes no byte of it nor around it, so that what is refused stays as it was.
///
/// It first reads the 100 bytes of the file's header, which say whose it is and how new; only a file of ours is opened.
struct Inspector {
    let directory: StateDirectory
    let schema: Schema
    /// The key that was found; a database cannot be used without.
    let master: MasterKey?

    /// Looks at a file; throws what is wrong with it, `corrupt` for one of ours that is damaged.
    func inspect(_ path: String) throws -> Inspection {
        try checkHeader(path)
        do {
            // A log beside it is part of the database, and opening it then creates nothing.
            let hasLog = try directory.exists(path + "-wal")
            let connection = try Connection(path: path, access: hasLog ? .readWrite : .immutable)
            let version = Int32(clamping: try connection.number("user_version"))
            try check(applicationID: Int32(clamping: try connection.number("application_id")), version: version, path)
            try connection.verify(thorough: true)
            return Inspection(version: version, sealer: try sealer(of: connection, path))
        } catch let error as SQLiteError {
            throw error.isDamage ? damage(path, error) : StoreError(error, in: directory)
        }
    }

    private func checkHeader(_ path: String) throws {
        var header: [UInt8] = []
        do throws(SystemError) {
            let file = try Descriptor(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            let status = try file.status()
            if status.st_mode & S_IFMT == S_IFREG {
                guard status.st_uid == geteuid() else { throw SystemError(call: "open", path: path, number: EPERM) }
                header = try file.read(upTo: 100)
            }
        } catch {
            guard error.number != EPERM else {
                throw StoreError(.notOwned, "\(path) belongs to another user; make it yours with chown.", cause: error)
            }
            guard error.number == ELOOP else { throw error }
        }
        guard header.count == 100, header.starts(with: "SQLite format 3\0".utf8) else {
            throw StoreError(.notADatabase, "\(path) is no SQLite database; move it away, or put the right one back.")
        }
        func number(at offset: Int) -> Int32 {
            Int32(bitPattern: header[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) })
        }
        // https://www.sqlite.org/fileformat2.html: user version at offset 60, application id at 68.
        try check(applicationID: number(at: 68), version: number(at: 60), path)
    }

    private func check(applicationID: Int32, version: Int32, _ path: String) throws(StoreError) {
        guard applicationID == Schema.applicationID, version > 0 else {
            throw StoreError(
                .foreign,
                "\(path) is another program's database; move it away, or put the right one back."
            )
        }
        guard version <= schema.version else {
            throw StoreError(
                .newerSchema,
                "\(path) was written by a newer tokend (tables of version \(version), known up to \(schema.version)); "
                    + "install that one, or put back a backup from \(directory.backups)."
            )
        }
    }

    private func sealer(of connection: Connection, _ path: String) throws -> Sealer {
        let rows = try connection.rows(
            "SELECT store, data_key_id, data_key, master_key_id, master_key_source FROM meta"
        ) { row in
            (
                store: try row.text(), keyID: try row.text(), key: try row.blob(), masterID: try row.text(),
                source: KeySource(rawValue: try row.text())
            )
        }
        guard let meta = rows.first else { throw damage(path, nil) }
        let origin = meta.source == .credential ? "the credential tokend.key" : "the key file \(directory.key)"
        guard let master else {
            throw StoreError(
                .keyMissing,
                "The key of \(path) is missing; it was made with \(origin). Put that back: nothing else opens the store."
            )
        }
        guard master.id == meta.masterID else {
            let found = master.source == .credential ? "the credential tokend.key" : "the key file \(directory.key)"
            throw StoreError(
                .keyWrong,
                "\(path) was made with \(origin), and \(found) now holds another key. Put the right one back."
            )
        }
        do throws(Sealer.Broken) {
            return try Sealer(store: meta.store, keyID: meta.keyID, dataKey: meta.key, under: master)
        } catch {
            throw damage(path, error)
        }
    }

    private func damage(_ path: String, _ cause: (any Error)?) -> StoreError {
        StoreError(.corrupt, "The store \(path) is damaged.", cause: cause)
    }
}
