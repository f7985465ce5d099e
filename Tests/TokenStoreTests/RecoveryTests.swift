import Accounts
import FoundationEssentials
import Glibc
import OAuth
import Testing
import TokenStore

@Suite("Backups, recovery and migration")
struct RecoveryTests {
    @Test("a backup a day is made at the start, and three are kept")
    func daily() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(generation: 1))
        for (day, count) in [(1, 1), (1, 1), (2, 1), (3, 2), (5, 3), (7, 3), (9, 3)] {
            let store = try scratch.open(now: .days(day))
            #expect(store.backupFailure == nil)
            try await outcome { store.save(.sample(generation: UInt64(day)), completion: $0) }
            store.close()
            #expect(try scratch.backups().count == count, "day \(day)")
        }
        let newest = try #require(try scratch.backups().last)
        let path = scratch.state + "/backups/" + newest
        #expect(newest == "tokens-20260930T141320Z.sqlite")
        #expect(try scratch.sql("SELECT generation FROM grants", on: path) == ["7"])
        #expect(try scratch.sql("PRAGMA integrity_check", on: path) == ["ok"])
    }

    @Test("a backup from a moment to come does not keep the next from being made")
    func clockSetBack() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        try scratch.open(now: .days(1000)).close()
        try scratch.open(now: .days(1)).close()
        #expect(try scratch.backups().count == 2)
    }

    @Test("a store without a login is not backed up")
    func emptyStore() throws {
        let scratch = try Scratch()
        try scratch.open().close()
        try scratch.open(now: .days(2)).close()
        #expect(access(scratch.state + "/backups", F_OK) != 0)
    }

    @Test("a backup that cannot be made is told, and the store works")
    func failedBackup() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        try scratch.write("in the way".utf8, to: scratch.state + "/backups")
        let store = try scratch.open(now: .days(1))
        #expect(store.backupFailure != nil)
        #expect(try store.load().grants == [.sample()])
    }

    @Test("damaged pages are set aside byte by byte, and the newest sound backup comes in their place")
    func restore() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(generation: 1))
        for day in 1...3 {
            let store = try scratch.open(now: .days(2 * day))
            try await outcome { store.save(.sample(generation: UInt64(day + 1)), completion: $0) }
            store.close()
        }
        let backups = try scratch.backups()
        try #require(backups.count == 3)
        try scratch.write("not a backup".utf8, to: scratch.state + "/backups/" + backups[2])
        try scratch.damage(page: 1, from: 100)
        let damaged = try scratch.bytes(scratch.database)

        let now = Instant.days(6).advanced(by: .seconds(60))
        let store = try scratch.open(now: now)
        let recovery = try #require(store.recovery)
        #expect(recovery.damage.code == .corrupt)
        #expect(recovery.restoredFrom == scratch.state + "/backups/" + backups[1])
        #expect(try scratch.bytes(recovery.setAside) == damaged)
        #expect(try scratch.snapshot()["corrupt-" + "20260927T141420Z"]?.mode == S_IFREG | 0o600)

        // The intent that the backup holds is older than the restoration and stays.
        #expect(try store.load().grants == [.sample(generation: 2)])
        store.close()
        let again = try scratch.open(now: now)
        #expect(again.recovery == nil)
        #expect(try again.load().grants == [.sample(generation: 2)])
    }

    @Test("a restored login counts as one with a request of unknown outcome, also after another crash")
    func restoredIntent() async throws {
        let scratch = try Scratch()
        var grant = StoredGrant.sample()
        grant.intentAt = nil
        try await scratch.fill(grant)
        try scratch.open(now: .days(1)).close()
        try scratch.damage(page: 1, from: 100)
        let store = try scratch.open(now: .days(2))
        #expect(try scratch.grantsAfterCrash().map(\.intentAt) == [.days(2)])
        store.close()
    }

    @Test("without a backup the damaged store is set aside and an empty one begins")
    func noBackup() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        try scratch.damage(page: 1, from: 100)
        let store = try scratch.open(now: .days(1))
        let recovery = try #require(store.recovery)
        #expect(recovery.restoredFrom == nil)
        #expect(try store.load().grants.isEmpty)
        try await outcome { store.save(.sample(), completion: $0) }
        store.close()
        #expect(try scratch.open(now: .days(1)).load().grants == [.sample()])
        #expect(try scratch.damaged().count == 1)
    }

    @Test("a file that ends too early is damage")
    func truncated() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        try #require(truncate(scratch.database, 5000) == 0)
        #expect(try scratch.open(now: .days(1)).recovery != nil)
    }

    @Test("a sealed data key that was changed is damage")
    func damagedDataKey() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        try scratch.open(now: .days(1)).close()
        try scratch.sql("UPDATE meta SET data_key = zeroblob(length(data_key))")
        let store = try scratch.open(now: .days(1))
        #expect(store.recovery?.restoredFrom != nil)
        #expect(try store.load().grants == [.sample()])
    }

    @Test("whatever page is damaged in whatever way, a login is there, known to be unreadable, or the damage is told")
    func anyPage() async throws {
        let original = try Scratch()
        try await original.fill(.sample(), .sample(.work, size: 5000))
        let pages = try original.bytes(original.database).count / 4096
        try #require(pages > 8)
        for page in 1...pages {
            for pattern in [0x00, 0xA5, 0xFF] as [UInt8] {
                let scratch = try original.crashed()
                try scratch.damage(page: page, from: page == 1 ? 100 : 0, with: pattern)
                let store = try scratch.open(now: .days(1))
                let contents = try store.load()
                let known = Set(contents.grants.map(\.id)).union(contents.unreadable.keys)
                #expect(store.recovery != nil || known == [.mail, .work], "page \(page), \(pattern)")
                for grant in contents.grants {
                    #expect([.sample(), .sample(.work, size: 5000)].contains(grant), "page \(page), \(pattern)")
                }
                store.close()
            }
        }
    }

    @Test("a migration runs in one piece, after a backup of what was there")
    func migration() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        let next = Schema(
            migrations: Schema.current.migrations + [
                "ALTER TABLE grants ADD COLUMN colour TEXT; CREATE TABLE notes (text TEXT) STRICT",
                "INSERT INTO notes VALUES ('migrated')",
            ]
        )
        let store = try scratch.open(schema: next)
        #expect(try store.load().grants == [.sample()])
        store.close()
        #expect(try scratch.sql("PRAGMA user_version") == ["\(next.version)"])
        #expect(try scratch.sql("SELECT text FROM notes") == ["migrated"])
        let backup = scratch.state + "/backups/" + (try #require(try scratch.backups().first))
        #expect(try scratch.sql("PRAGMA user_version", on: backup) == ["\(Schema.current.version)"])

        try scratch.open(schema: next).close()
        #expect(try scratch.sql("SELECT text FROM notes") == ["migrated"])
        #expect(#expect(throws: StoreError.self) { try scratch.open() }?.code == .newerSchema)
    }

    @Test("a migration that fails leaves the tables as they were")
    func failedMigration() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        let broken = Schema(migrations: Schema.current.migrations + ["DROP TABLE revocations", "NONSENSE"])
        #expect(throws: StoreError.self) { try scratch.open(schema: broken) }
        let store = try scratch.open()
        #expect(try store.load().grants == [.sample()])
        #expect(try await outcome { store.pendingRevocations(at: .start, completion: $0) } == [])
    }

    @Test("a sentinel that is missing is written again")
    func sentinel() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        let before = try scratch.bytes(scratch.state + "/tokens.id")
        try #require(unlink(scratch.state + "/tokens.id") == 0)
        #expect(try scratch.open().load().grants == [.sample()])
        #expect(try scratch.bytes(scratch.state + "/tokens.id") == before)
    }
}
