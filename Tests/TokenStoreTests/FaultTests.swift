import Accounts
import FoundationEssentials
import Glibc
import OAuth
import Testing
import TokenStore

@Suite("What happens when the disk fails")
struct FaultTests {
    @Test(
        "an error in the log, or a sync that fails, is told; then the store is reopened and goes on",
        arguments: [(O_RDONLY, "/proc/self/exe"), (O_RDWR, "/dev/null")]
    )
    func failingLog(flags: Int32, substitute: String) async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try await outcome { store.save(.sample(generation: 1), completion: $0) }

        // The file that SQLite writes its log to becomes one that cannot be written, or not synced.
        try scratch.replaceDescriptor(of: scratch.database + "-wal", by: substitute, flags)
        let error = await #expect(throws: StoreError.self) {
            try await outcome { store.save(.sample(generation: 2), completion: $0) }
        }
        #expect(error?.code == .io)
        #expect(try scratch.grantsAfterCrash() == [.sample(generation: 1)])

        try await outcome { store.check(completion: $0) }
        #expect(try store.load(at: .start).grants == [.sample(generation: 1)])
        try await outcome { store.save(.sample(generation: 2), completion: $0) }
        #expect(try scratch.grantsAfterCrash() == [.sample(generation: 2)])
    }

    @Test("a database taken away is noticed before anything is written, and used again when it is back")
    func takenAway() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try await outcome { store.save(.sample(generation: 1), completion: $0) }
        try #require(rename(scratch.database, scratch.path + "/away") == 0)
        for _ in 1...2 {
            let error = await #expect(throws: StoreError.self) { try await outcome { store.check(completion: $0) } }
            #expect(error?.code == .lost)
            await #expect(throws: StoreError.self) {
                try await outcome { store.save(.sample(generation: 2), completion: $0) }
            }
        }
        try #require(rename(scratch.path + "/away", scratch.database) == 0)
        try await outcome { store.save(.sample(generation: 3), completion: $0) }
        #expect(try store.load(at: .start).grants == [.sample(generation: 3)])
    }

    @Test("another store put in the place of the open one is not written to")
    func replaced() async throws {
        let (scratch, other) = (try Scratch(), try Scratch())
        try await other.fill(.sample(.work))
        let store = try scratch.open()
        try #require(unlink(scratch.database) == 0)
        try FileManager.default.copyItem(atPath: other.database, toPath: scratch.database)
        let error = await #expect(throws: StoreError.self) {
            try await outcome { store.save(.sample(), completion: $0) }
        }
        #expect(error?.code == .lost)
    }

    @Test(
        "on a full disk renewed logins still commit, the ballast makes room for new ones, and it comes back afterwards",
        .enabled(if: Disk.isAvailable, "mounting a small file system takes root")
    )
    func fullDisk() async throws {
        let scratch = try Scratch()
        let disk = try Disk(scratch.path, megabytes: 3)
        defer { disk.unmount() }
        let store = try scratch.open()
        try await outcome { store.save(.sample(generation: 1), completion: $0) }
        try await outcome { store.save(.sample(.work, generation: 1), completion: $0) }
        disk.fill()

        for generation in 2...50 as ClosedRange<UInt64> {
            var grant = StoredGrant.sample(generation: generation)
            grant.intentAt = nil
            try await outcome { [grant] in store.save(grant, completion: $0) }
            try await outcome { store.recordIntent(.mail, generation: generation, at: .start, completion: $0) }
        }
        #expect(access(scratch.state + "/ballast", F_OK) == 0, "the room held back is not needed for that")

        var saved: [StoredGrant] = []
        var refusal: StoreError?
        while refusal == nil, saved.count < 1000 {
            let grant = StoredGrant.sample(GrantID(account: "new-\(saved.count)", fingerprint: ""))
            do throws(StoreError) {
                try await outcome { store.save(grant, completion: $0) }
                saved.append(grant)
            } catch {
                refusal = error
            }
        }
        #expect(refusal?.code == .full)
        #expect(saved.count >= 10)
        #expect(access(scratch.state + "/ballast", F_OK) != 0)
        #expect(Set(try store.load(at: .start).grants).isSuperset(of: saved))

        disk.free()
        try await outcome { store.save(.sample(generation: 51), completion: $0) }
        #expect(access(scratch.state + "/ballast", F_OK) == 0)
        store.close()
        #expect(try scratch.open().load(at: .start).grants.count == saved.count + 2)
    }

    @Test(
        "a daemon that starts on a full disk has its logins and can renew them",
        .enabled(if: Disk.isAvailable, "mounting a small file system takes root")
    )
    func startOnFullDisk() async throws {
        let scratch = try Scratch()
        let disk = try Disk(scratch.path, megabytes: 3)
        defer { disk.unmount() }
        try await scratch.fill(.sample(generation: 1))
        disk.fill()
        let store = try scratch.open()
        #expect(try store.load(at: .start).grants == [.sample(generation: 1)])
        for generation in 2...50 as ClosedRange<UInt64> {
            try await outcome { store.save(.sample(generation: generation), completion: $0) }
        }
        store.close()
        #expect(try scratch.open().load(at: .start).grants == [.sample(generation: 50)])
    }

    @Test(
        "a logout on a full disk wipes the backups too, and the next round makes one of what is left",
        .enabled(if: Disk.isAvailable, "mounting a small file system takes root")
    )
    func logoutOnFullDisk() async throws {
        let scratch = try Scratch()
        let disk = try Disk(scratch.path, megabytes: 3)
        defer { disk.unmount() }
        let store = try scratch.open()
        for id in [.mail, .work] as [GrantID] { try await outcome { store.save(.sample(id), completion: $0) } }
        try await outcome { store.maintain(at: .start, completion: $0) }
        #expect(try scratch.backups().count == 1)
        disk.fill()
        try await outcome { store.bury(.mail, at: .days(1), revoking: nil, completion: $0) }
        #expect(try scratch.backups() == [])
        try await outcome { store.maintain(at: .days(1), completion: $0) }
        let backup = try #require(try scratch.backups().first)
        #expect(try scratch.sql("SELECT account FROM grants", on: scratch.state + "/backups/" + backup) == ["work"])
        store.close()
    }

    @Test(
        "a store on a disk that cannot be written is refused",
        .enabled(if: Disk.isAvailable, "mounting a small file system takes root")
    )
    func readOnlyDisk() async throws {
        let scratch = try Scratch()
        let disk = try Disk(scratch.path, megabytes: 3)
        defer { disk.unmount() }
        try await scratch.fill(.sample())
        try disk.makeReadOnly()
        let error = #expect(throws: StoreError.self) { try scratch.open() }
        #expect(error?.code == .readOnly)
        #expect(error?.exitCode == 78)
    }
}
