import Accounts
import FoundationEssentials
import Glibc
import OAuth
import Testing
import TokenStore

@Suite("Recovery and migration")
struct RecoveryTests {
    @Test("damaged pages are set aside byte by byte, and the newest sound backup comes in their place")
    func restore() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(generation: 1))
        for day in 1...3 {
            try await scratch.maintain(at: .days(2 * day))
            try await scratch.fill(.sample(generation: UInt64(day + 1)))
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
        #expect(try store.load(at: .start).grants == [.sample(generation: 2)])
        store.close()
        let again = try scratch.open(now: now)
        #expect(again.recovery == nil)
        #expect(try again.load(at: .start).grants == [.sample(generation: 2)])
    }

    @Test("a backup that a wrong clock has named is the last to be restored")
    func clockSetBack() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(generation: 1))
        try await scratch.maintain(at: .days(1000))
        try await scratch.fill(.sample(generation: 2))
        try await scratch.maintain(at: .days(1))
        try scratch.damage(page: 1, from: 100)
        let store = try scratch.open(now: .days(2))
        #expect(store.recovery?.restoredFrom?.hasSuffix("/tokens-20260922T141320Z.sqlite") == true)
        #expect(try store.load(at: .start).grants == [.sample(generation: 2)])
        store.close()

        let only = try #require(store.recovery?.restoredFrom)
        try #require(unlink(only) == 0)
        try scratch.damage(page: 1, from: 100)
        #expect(try scratch.open(now: .days(3)).load(at: .start).grants == [.sample(generation: 1)])
    }

    @Test("a restored login counts as one with a request of unknown outcome, also after another crash")
    func restoredIntent() async throws {
        let scratch = try Scratch()
        var grant = StoredGrant.sample()
        grant.intentAt = nil
        try await scratch.fill(grant)
        try await scratch.maintain(at: .days(1))
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
        #expect(try store.load(at: .start).grants.isEmpty)
        try await outcome { store.save(.sample(), completion: $0) }
        store.close()
        #expect(try scratch.open(now: .days(1)).load(at: .start).grants == [.sample()])
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
        try await scratch.maintain(at: .days(1))
        try scratch.sql("UPDATE meta SET data_key = zeroblob(length(data_key))")
        let store = try scratch.open(now: .days(1))
        #expect(store.recovery?.restoredFrom != nil)
        #expect(try store.load(at: .start).grants == [.sample()])
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
                let contents = try store.load(at: .start)
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
        #expect(try store.load(at: .start).grants == [.sample()])
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
        #expect(try store.load(at: .start).grants == [.sample()])
        #expect(try await outcome { store.pendingRevocations(at: .start, completion: $0) } == [])
    }

    @Test("a sentinel that is missing is written again")
    func sentinel() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        let before = try scratch.bytes(scratch.state + "/tokens.id")
        try #require(unlink(scratch.state + "/tokens.id") == 0)
        #expect(try scratch.open().load(at: .start).grants == [.sample()])
        #expect(try scratch.bytes(scratch.state + "/tokens.id") == before)
    }
}
