import Accounts
import FoundationEssentials
import Glibc
import OAuth
import Testing
import TokenStore

@Suite("What the store does for itself")
struct MaintenanceTests {
    @Test("while it is open a backup a day is made, and three are kept")
    func daily() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        for (day, count) in [(1, 1), (1, 1), (2, 2), (3, 3), (5, 3), (7, 3), (9, 3)] {
            try await outcome { store.save(.sample(generation: UInt64(day)), completion: $0) }
            try await outcome { store.maintain(at: .days(day), completion: $0) }
            #expect(try scratch.backups().count == count, "day \(day)")
        }
        #expect(try scratch.backups().last == "tokens-20260930T141320Z.sqlite")
        let newest = scratch.state + "/backups/tokens-20260930T141320Z.sqlite"
        #expect(try scratch.sql("SELECT generation FROM grants", on: newest) == ["9"])
        #expect(try scratch.sql("PRAGMA integrity_check", on: newest) == ["ok"])
    }

    @Test("a login that is in no backup is there with the next call, and one that was only renewed is not")
    func newLogin() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        func backups(afterSaving grant: StoredGrant, _ seconds: Int) async throws -> Int {
            let now = Instant.start.advanced(by: .seconds(seconds))
            try await outcome { store.save(grant, completion: $0) }
            try await outcome { store.maintain(at: now, completion: $0) }
            return try scratch.backups().count
        }
        #expect(try await backups(afterSaving: .sample(), 1) == 1)
        #expect(try await backups(afterSaving: .sample(generation: 2), 7200) == 1)
        #expect(try await backups(afterSaving: .sample(.work), 7201) == 2)
        store.close()
        try await scratch.maintain(at: .start.advanced(by: .seconds(7202)))
        #expect(try scratch.backups().count == 2, "what the backups hold is known after a restart too")
    }

    @Test("where nothing is due no byte of the directory changes", arguments: [0, 1])
    func nothingDue(logins: Int) async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        if logins > 0 { try await outcome { store.save(.sample(), completion: $0) } }
        try await outcome { store.maintain(at: .start, completion: $0) }
        let before = try scratch.snapshot()
        for hours in 0...23 {
            let now = Instant.start.advanced(by: .seconds(3600 * hours))
            try await outcome { store.maintain(at: now, completion: $0) }
        }
        #expect(try scratch.snapshot() == before)
        #expect(before.keys.contains("backups") == (logins > 0), "a store without a login is not worth a backup")
    }

    @Test("a backup from a moment to come does not keep the next from being made")
    func clockSetBack() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        try await scratch.maintain(at: .days(1000))
        try await scratch.maintain(at: .days(1))
        try await scratch.maintain(at: .days(1).advanced(by: .seconds(60)))
        #expect(try scratch.backups().count == 2)
    }

    @Test("a backup that cannot be made is told once an hour, and the store works")
    func failure() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try scratch.write("in the way".utf8, to: scratch.state + "/backups")
        try await outcome { store.save(.sample(), completion: $0) }
        func fails(after seconds: Int) async -> Bool {
            let now = Instant.start.advanced(by: .seconds(seconds))
            do {
                try await outcome { store.maintain(at: now, completion: $0) }
                return false
            } catch {
                return true
            }
        }
        #expect(await fails(after: 0))
        #expect(await !fails(after: 3599))
        #expect(await fails(after: 3600))
        #expect(try store.load(at: .start).grants == [.sample()])
        try #require(unlink(scratch.state + "/backups") == 0)
        #expect(await !fails(after: 7200))
        #expect(try scratch.backups().count == 1)
    }

    @Test("a page damaged while the store is open is found within a day, and a backup made before is restored")
    func damage() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(), .sample(.work))
        let page = try #require(Int(try scratch.sql("SELECT rootpage FROM sqlite_schema WHERE name = 'grants'")[0]))
        let store = try scratch.open()
        try await outcome { store.maintain(at: .start, completion: $0) }
        let backups = try scratch.backups()
        #expect(backups.count == 1)

        try scratch.damage(page: page)
        let error = await #expect(throws: StoreError.self) {
            try await outcome { store.maintain(at: .days(1), completion: $0) }
        }
        #expect(error?.code == .corrupt)
        #expect(try scratch.backups() == backups, "what is damaged takes no backup's place")
        store.close()

        let again = try scratch.open(now: .days(1))
        #expect(again.recovery?.restoredFrom == scratch.state + "/backups/" + backups[0])
        #expect(Set(try again.load(at: .days(1)).grants) == [.sample(), .sample(.work)])
    }

    @Test("damage that only the daily check sees is found at the start too")
    func damagedIndex() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(), .sample(.work))
        try await scratch.maintain(at: .start)
        let index = try #require(
            Int(try scratch.sql("SELECT rootpage FROM sqlite_schema WHERE name LIKE 'sqlite_autoindex_grants%'")[0])
        )
        var bytes = try scratch.bytes(scratch.database)
        let text = Array("mail".utf8)
        let place = try #require(
            ((index - 1) * 4096..<index * 4096 - 4).first { bytes[$0..<$0 + 4].elementsEqual(text) }
        )
        bytes[place] = UInt8(ascii: "M")
        try scratch.write(bytes, to: scratch.database)
        #expect(try scratch.sql("PRAGMA quick_check") == ["ok"])
        #expect(try scratch.open(now: .start).recovery?.restoredFrom != nil)
    }

    @Test("a damaged store that was set aside goes after thirty days, and what is younger stays")
    func setAside() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        let names = ["corrupt-20260921T141319Z", "corrupt-20260921T141319Z-wal", "corrupt-20260921T141320Z"]
        for name in names { try scratch.write("sealed".utf8, to: scratch.state + "/" + name) }
        try await outcome { store.maintain(at: .days(29), completion: $0) }
        #expect(try scratch.damaged() == names)
        try await outcome { store.maintain(at: .days(30), completion: $0) }
        #expect(try scratch.damaged() == [names[2]])
    }

    @Test("a login dormant for too long goes without a restart")
    func forgotten() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try await outcome { store.save(.sample(), completion: $0) }
        try await outcome { store.retain(live: [], at: .start, completion: $0) }
        try await outcome { store.maintain(at: .days(30), completion: $0) }
        #expect(try store.load(at: .start).grants.count == 1)
        try await outcome { store.maintain(at: .days(31), completion: $0) }
        #expect(try store.load(at: .start).grants.isEmpty)
    }
}
