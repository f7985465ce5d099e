import Accounts
import FoundationEssentials
import OAuth
import Synchronization
import Testing
import TokenStore

@Suite("What the store keeps")
struct KeepingTests {
    @Test("a login comes back with every member as it was, whatever is set of it")
    func roundTrip() async throws {
        let scratch = try Scratch()
        let bare = StoredGrant(id: .work, generation: 0, requestedScope: .none)
        let withoutRefreshToken = {
            var grant = StoredGrant.sample(GrantID(account: "mail", fingerprint: "other"))
            grant.refreshToken = nil
            grant.idToken = nil
            return grant
        }()
        try await scratch.fill(.sample(), bare, withoutRefreshToken)
        let contents = try scratch.open().load(at: .start)
        #expect(Set(contents.grants) == [.sample(), bare, withoutRefreshToken])
        #expect(contents.unreadable.isEmpty)
    }

    @Test("a token of any length comes back", arguments: [0, 1, 4000, 4096, 9000, 100_000])
    func sizes(size: Int) async throws {
        let scratch = try Scratch()
        let grant = StoredGrant.sample(size: size)
        try await scratch.fill(grant)
        #expect(try scratch.open().load(at: .start).grants == [grant])
    }

    @Test("what has been answered with success outlives a crash, without a close")
    func crash() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        for generation in 1...20 {
            let grant = StoredGrant.sample(generation: UInt64(generation))
            try await outcome { store.save(grant, completion: $0) }
            #expect(try scratch.grantsAfterCrash() == [grant])
        }
        store.close()
    }

    @Test("calls take effect in their order")
    func order() throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        let finished = Mutex<[Int]>([])
        for generation in 1...50 {
            store.save(.sample(generation: UInt64(generation))) { _ in finished.withLock { $0.append(generation) } }
        }
        #expect(try store.load(at: .start).grants == [.sample(generation: 50)])
        #expect(finished.withLock { $0 } == Array(1...50))
    }

    @Test("a row never goes back to an earlier generation, and its own may be written again")
    func generations() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try await outcome { store.save(.sample(generation: 7), completion: $0) }
        let refused = await #expect(throws: StoreError.self) {
            try await outcome { store.save(.sample(generation: 6), completion: $0) }
        }
        #expect(refused?.code == .superseded)
        #expect(refused?.exitCode == nil)
        var renewed = StoredGrant.sample(generation: 7)
        renewed.token = nil
        try await outcome { [renewed] in store.save(renewed, completion: $0) }
        #expect(try store.load(at: .start).grants == [renewed])
    }

    @Test("an intent is on the disk before it is answered, and goes when it is cleared or the outcome is saved")
    func intents() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        var grant = StoredGrant.sample()
        grant.intentAt = nil
        try await outcome { [grant] in store.save(grant, completion: $0) }

        let now = Instant.days(1)
        try await outcome { store.recordIntent(.mail, generation: 1, at: now, completion: $0) }
        #expect(try scratch.grantsAfterCrash().map(\.intentAt) == [now])

        try await outcome { store.clearIntent(.mail, generation: 1, completion: $0) }
        #expect(try store.load(at: .start).grants == [grant])

        try await outcome { store.recordIntent(.mail, generation: 1, at: now, completion: $0) }
        grant.generation = 2
        try await outcome { [grant] in store.save(grant, completion: $0) }
        #expect(try store.load(at: .start).grants == [grant])
    }

    @Test("an intent of another generation or of no login is refused, and clearing one that is gone is no error")
    func strayIntents() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try await outcome { store.save(.sample(generation: 3), completion: $0) }
        for generation in [2, 4] as [UInt64] {
            let error = await #expect(throws: StoreError.self) {
                try await outcome { store.recordIntent(.mail, generation: generation, at: .start, completion: $0) }
            }
            #expect(error?.code == .superseded)
        }
        let error = await #expect(throws: StoreError.self) {
            try await outcome { store.recordIntent(.work, generation: 1, at: .start, completion: $0) }
        }
        #expect(error?.code == .unknownGrant)
        try await outcome { store.clearIntent(.mail, generation: 2, completion: $0) }
        try await outcome { store.clearIntent(.work, generation: 1, completion: $0) }
        #expect(try store.load(at: .start).grants == [.sample(generation: 3)])
    }

    @Test("a logout leaves the sealed refresh token behind until its revocation is settled")
    func burial() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(), .sample(.work))
        let store = try scratch.open()
        try await outcome { store.bury(.mail, at: .start, revoking: .refreshToken, completion: $0) }
        #expect(try store.load(at: .start).grants == [.sample(.work)])

        let copy = try scratch.crashed()
        let afterCrash = try copy.open()
        let pending = try await outcome { afterCrash.pendingRevocations(at: .days(7), completion: $0) }
        let revocation = try #require(pending.first)
        #expect(pending.count == 1)
        #expect(revocation.grant == .mail)
        #expect(revocation.token == StoredGrant.sample().refreshToken)
        #expect(revocation.since == .start)
        try await outcome { afterCrash.settleRevocation(revocation.id, completion: $0) }
        #expect(try await outcome { afterCrash.pendingRevocations(at: .days(7), completion: $0) } == [])
    }

    @Test("a logout without a revocation, without a refresh token or without a login leaves nothing behind")
    func quietBurial() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        var withoutRefreshToken = StoredGrant.sample(.work)
        withoutRefreshToken.refreshToken = nil
        try await outcome { store.save(.sample(), completion: $0) }
        try await outcome { [withoutRefreshToken] in store.save(withoutRefreshToken, completion: $0) }
        try await outcome { store.bury(.mail, at: .start, revoking: nil, completion: $0) }
        try await outcome { store.bury(.work, at: .start, revoking: .refreshToken, completion: $0) }
        try await outcome { store.bury(.work, at: .start, revoking: .refreshToken, completion: $0) }
        #expect(try store.load(at: .start).grants.isEmpty)
        #expect(try await outcome { store.pendingRevocations(at: .start, completion: $0) } == [])
    }

    @Test("a revocation is given up after seven days")
    func oldRevocations() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try await outcome { store.save(.sample(), completion: $0) }
        try await outcome { store.bury(.mail, at: .start, revoking: .refreshToken, completion: $0) }
        let later = Instant.days(7).advanced(by: .milliseconds(1))
        #expect(try await outcome { store.pendingRevocations(at: later, completion: $0) } == [])
        #expect(try await outcome { store.pendingRevocations(at: .start, completion: $0) } == [])
    }

    @Test("a login that the configuration does not know lies dormant for thirty days and returns with it")
    func dormancy() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try await outcome { store.save(.sample(), completion: $0) }
        try await outcome { store.save(.sample(.work), completion: $0) }
        func kept(by live: Set<GrantID>, _ now: Instant) async throws -> Set<GrantID> {
            let kept = Set(try store.load(at: now).grants.map(\.id))
            try await outcome { store.retain(live: live, at: now, completion: $0) }
            return kept
        }
        #expect(try await kept(by: [.work], .days(0)) == [.mail, .work])
        #expect(try await kept(by: [.work], .days(29)) == [.mail, .work])
        #expect(try await kept(by: [.mail, .work], .days(30)) == [.mail, .work])
        #expect(try await kept(by: [.work], .days(31)) == [.mail, .work])
        try await outcome { store.save(.sample(generation: 2), completion: $0) }
        #expect(try await kept(by: [.work], .days(61)) == [.mail, .work])
        #expect(try await kept(by: [.work], .days(62)) == [.work])
    }

    @Test("one that returns to the configuration too late is not read, whatever is called live then")
    func returnsTooLate() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try await outcome { store.save(.sample(), completion: $0) }
        try await outcome { store.retain(live: [], at: .start, completion: $0) }
        #expect(try store.load(at: .days(200)).grants.isEmpty)
        try await outcome { store.retain(live: [.mail], at: .days(200), completion: $0) }
        #expect(try store.load(at: .days(200)).grants.isEmpty)
        try await outcome { store.save(.sample(generation: 0), completion: $0) }
        #expect(try store.load(at: .days(300)).grants == [.sample(generation: 0)])
    }

    @Test("a dormant login whose age nobody can tell is kept, and its time begins anew")
    func dormancyAcrossClocks() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        try await outcome { store.save(.sample(), completion: $0) }
        try await outcome { store.retain(live: [], at: .days(100), completion: $0) }
        let setBack = Instant(wall: .seconds(1_000_000), boot: .seconds(1), bootID: "boot-2")
        try await outcome { store.retain(live: [], at: setBack, completion: $0) }
        let later = setBack.advanced(by: .seconds(30 * 86_400))
        try await outcome { store.retain(live: [], at: later, completion: $0) }
        #expect(try store.load(at: later).grants.count == 1)
        #expect(try store.load(at: later.advanced(by: .seconds(1))).grants.isEmpty)
    }

    @Test("after the close every call is answered with it")
    func closed() async throws {
        let scratch = try Scratch()
        let store = try scratch.open()
        store.close()
        store.close()
        let error = await #expect(throws: StoreError.self) {
            try await outcome { store.save(.sample(), completion: $0) }
        }
        #expect(error?.code == .closed)
        #expect(throws: StoreError.self) { try store.load(at: .start) }
    }

    @Test("a close leaves the database alone with its sentinel, key, lock, ballast and backups")
    func closing() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        #expect(
            Set(try scratch.snapshot().keys) == ["tokens.sqlite", "tokens.id", "key", "lock", "ballast"]
        )
    }
}
