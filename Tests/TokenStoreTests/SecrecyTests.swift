import Accounts
import FoundationEssentials
import Glibc
import OAuth
import Testing
import TokenStore

@Suite("How secrets are kept")
struct SecrecyTests {
    @Test("no secret stands in plain in any byte of the directory, while the store is open and afterwards")
    func canaries() async throws {
        let scratch = try Scratch()
        let grant = StoredGrant.sample(size: 0)
        let canaries = [grant.refreshToken, grant.token?.secret, grant.idToken?.secret].compactMap { $0?.revealText() }
        try #require(canaries.count == 3)
        func search() throws {
            let files = try scratch.snapshot().filter { $0.value.mode & S_IFMT == S_IFREG }
            #expect(files.count >= 5)
            for (name, file) in files {
                let contents = String(decoding: file.bytes, as: UTF8.self)
                for canary in canaries {
                    for form in [canary, Data(canary.utf8).base64EncodedString()] {
                        #expect(!contents.contains(form), "\(name)")
                    }
                }
            }
            let database = String(decoding: try scratch.bytes(scratch.database), as: UTF8.self)
            #expect(database.contains("súbject"), "what is no secret is found by the same search")
        }
        let store = try scratch.open()
        try await outcome { store.save(grant, completion: $0) }
        try search()
        try await outcome { store.recordIntent(.mail, generation: 1, at: .start, completion: $0) }
        store.close()
        let again = try scratch.open(now: .days(2))
        try await outcome { again.maintain(at: .days(2), completion: $0) }
        try search()
        again.close()
        try search()
    }

    @Test("a wiped login is in no file any more that the key opens, backups included")
    func wiping() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(), .sample(.work))
        let store = try scratch.open()
        for day in 1...2 { try await outcome { store.maintain(at: .days(day), completion: $0) } }
        #expect(try scratch.backups().count == 2)
        try scratch.write("left by a crash".utf8, to: scratch.state + "/backups/draft")
        try await outcome { store.bury(.mail, at: .days(2), revoking: nil, completion: $0) }
        store.close()
        let backup = try #require(try scratch.backups().first)
        #expect(try scratch.backups().count == 1)
        #expect(try scratch.sql("SELECT account FROM grants", on: scratch.state + "/backups/" + backup) == ["work"])
    }

    @Test("with the last login the last backup goes, and what a crash left of one")
    func wipingTheLast() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        try await scratch.maintain(at: .days(1))
        try scratch.write("left by a crash".utf8, to: scratch.state + "/backups/draft")
        let store = try scratch.open(now: .days(1))
        try await outcome { store.bury(.mail, at: .days(1), revoking: nil, completion: $0) }
        #expect(try scratch.backups() == [])
    }

    @Test("a backup that cannot be wiped is told by its name, the others are gone, and a second call ends it")
    func wipingFails() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(), .sample(.work))
        try await scratch.maintain(at: .days(1))
        let stuck = scratch.state + "/backups/tokens-20200101T000000Z.sqlite"
        try #require(mkdir(stuck, 0o700) == 0)
        let store = try scratch.open(now: .days(2))
        let error = await #expect(throws: StoreError.self) {
            try await outcome { store.bury(.mail, at: .days(2), revoking: nil, completion: $0) }
        }
        #expect(error?.message.contains(stuck) == true)
        #expect(try scratch.backups().count == 2)
        #expect(try store.load(at: .start).grants == [.sample(.work)])

        try #require(rmdir(stuck) == 0)
        try await outcome { store.bury(.mail, at: .days(2), revoking: nil, completion: $0) }
        let backup = try #require(try scratch.backups().first)
        #expect(try scratch.sql("SELECT account FROM grants", on: scratch.state + "/backups/" + backup) == ["work"])
    }

    @Test("a logout from a store found damaged leaves the backups: they are all there is of the other logins")
    func wipingOfTheDamaged() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(), .sample(.work))
        try await scratch.maintain(at: .days(1))
        let page = try #require(
            Int(try scratch.sql("SELECT rootpage FROM sqlite_schema WHERE name = 'revocations'")[0])
        )
        let store = try scratch.open(now: .days(1))
        _ = try store.load(at: .start)
        try scratch.damage(page: page)
        let error = await #expect(throws: StoreError.self) {
            try await outcome { store.bury(.mail, at: .days(2), revoking: nil, completion: $0) }
        }
        #expect(error?.code == .corrupt)
        #expect(try scratch.backups().count == 1)
    }

    @Test("directories are 0700 and files 0600, also where they were more open")
    func modes() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        try #require(chmod(scratch.state, 0o777) == 0 && chmod(scratch.database, 0o666) == 0)
        try #require(chmod(scratch.state + "/lock", 0o666) == 0)
        let store = try scratch.open(now: .days(1))
        try await outcome { store.save(.sample(generation: 2), completion: $0) }
        try await outcome { store.maintain(at: .days(1), completion: $0) }
        let entries = try scratch.snapshot()
        #expect(entries["backups"]?.mode == S_IFDIR | 0o700)
        #expect(entries["tokens.sqlite-wal"] != nil)
        #expect(entries["tokens.sqlite-shm"] == nil)
        for (name, entry) in entries where entry.mode & S_IFMT == S_IFREG {
            #expect(entry.mode & 0o7777 == 0o600, "\(name)")
        }
        var status = stat()
        try #require(stat(scratch.state, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o700)
        store.close()
    }

    @Test(
        "a sealed value opens in its own place alone",
        arguments: [
            "UPDATE grants SET sealed = (SELECT sealed FROM grants WHERE account = 'work') WHERE account = 'mail'",
            "UPDATE grants SET account = 'other' WHERE account = 'mail'",
            "UPDATE grants SET fingerprint = 'other' WHERE account = 'mail'",
            "UPDATE grants SET generation = generation + 1 WHERE account = 'mail'",
            "UPDATE grants SET key_id = 'other' WHERE account = 'mail'",
            "UPDATE grants SET sealed = zeroblob(length(sealed)) WHERE account = 'mail'",
            "UPDATE grants SET sealed = x'' WHERE account = 'mail'",
            "UPDATE grants SET sealed = (SELECT sealed FROM revocations) WHERE account = 'mail'",
            "UPDATE grants SET sealed = (SELECT data_key FROM meta) WHERE account = 'mail'",
        ]
    )
    func tampering(sql: String) async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(), .sample(.work), .sample(GrantID(account: "gone", fingerprint: "")))
        let first = try scratch.open()
        try await outcome {
            first.bury(GrantID(account: "gone", fingerprint: ""), at: .start, revoking: .refreshToken, completion: $0)
        }
        first.close()
        try scratch.sql(sql)

        let store = try scratch.open()
        let contents = try store.load(at: .start)
        #expect(contents.grants == [.sample(.work)])
        let (id, error) = try #require(contents.unreadable.first)
        #expect(contents.unreadable.count == 1)
        #expect(error.code == .tampered)
        #expect(error.message.contains("tokenctl login \(id.account)"))

        let anew = StoredGrant.sample(id, generation: 0)
        try await outcome { store.save(anew, completion: $0) }
        #expect(Set(try store.load(at: .start).grants) == [.sample(.work), anew])
    }

    @Test("a login that does not open any more can be wiped")
    func wipingTheUnreadable() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        try scratch.sql("UPDATE grants SET sealed = x''")
        let store = try scratch.open()
        try await outcome { store.bury(.mail, at: .start, revoking: .refreshToken, completion: $0) }
        #expect(try store.load(at: .start).unreadable.isEmpty)
        #expect(try await outcome { store.pendingRevocations(at: .start, completion: $0) } == [])
    }

    @Test("a revocation moved to another login is dropped")
    func tamperedRevocation() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        let first = try scratch.open()
        try await outcome { first.bury(.mail, at: .start, revoking: .refreshToken, completion: $0) }
        first.close()
        try scratch.sql("UPDATE revocations SET account = 'work'")
        let store = try scratch.open()
        #expect(try await outcome { store.pendingRevocations(at: .start, completion: $0) } == [])
    }

    @Test("a row of another store does not open")
    func foreignRow() async throws {
        let (one, other) = (try Scratch(), try Scratch())
        try await one.fill(.sample())
        try await other.fill(.sample())
        let sealed = try #require(try one.sql("SELECT hex(sealed) FROM grants").first)
        let keyID = try #require(try other.sql("SELECT key_id FROM grants").first)
        try other.sql("UPDATE grants SET sealed = x'\(sealed)', key_id = '\(keyID)'")
        #expect(try other.open().load(at: .start).unreadable.keys.map(\.account) == ["mail"])
    }

    @Test("sealed rows come in sizes of 4, 8, 16 KiB, and the same login is never sealed alike twice")
    func sizeClasses() async throws {
        let scratch = try Scratch()
        let sizes = [(10, 4096), (1200, 4096), (1400, 8192), (5000, 16_384)]
        for (index, size) in sizes.enumerated() {
            try await scratch.fill(.sample(GrantID(account: "\(index)", fingerprint: ""), size: size.0))
        }
        #expect(
            try scratch.sql("SELECT length(sealed) FROM grants ORDER BY account") == sizes.map { "\($0.1 + 28)" }
        )
        let before = try scratch.sql("SELECT hex(sealed) FROM grants WHERE account = '0'")
        try await scratch.fill(.sample(GrantID(account: "0", fingerprint: ""), size: 10))
        #expect(try scratch.sql("SELECT hex(sealed) FROM grants WHERE account = '0'") != before)
    }

    @Test("the key file is made at the first run and stays; the credential is taken before it")
    func sources() async throws {
        let scratch = try Scratch()
        let first = try scratch.open()
        #expect(first.keySource == .file)
        first.close()
        let key = try scratch.bytes(scratch.key)
        #expect(key.count == 32)
        #expect(Set(key).count > 8)
        try await scratch.fill(.sample())
        #expect(try scratch.bytes(scratch.key) == key)
        #expect(try scratch.sql("SELECT master_key_source FROM meta") == ["file"])
    }

    @Test("a first run that ended before there was a database goes on with its key")
    func interruptedFirstRun() async throws {
        let scratch = try Scratch()
        try #require(mkdir(scratch.state, 0o700) == 0)
        let key = [UInt8](repeating: 9, count: 32)
        try scratch.write(key, to: scratch.key)
        try scratch.write("half a key".utf8, to: scratch.key + ".new")
        try scratch.write("half a database".utf8, to: scratch.database + ".new")
        try scratch.write([], to: scratch.database)
        try await scratch.fill(.sample())
        #expect(try scratch.bytes(scratch.key) == key)
        #expect(try scratch.open().load(at: .start).grants == [.sample()])
    }

    @Test(
        "a credential is a key in any of its forms",
        arguments: [
            Array(0..<32),
            Array("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f".utf8),
            Array("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\n".utf8),
            Array("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".utf8),
            Array("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n".utf8),
        ] as [[UInt8]]
    )
    func credential(bytes: [UInt8]) async throws {
        let scratch = try Scratch()
        try scratch.write(0..<32, to: scratch.path + "/tokend.key", mode: 0o400)
        try await scratch.fill(.sample(), credentials: scratch.path)
        #expect(access(scratch.key, F_OK) != 0)

        try #require(unlink(scratch.path + "/tokend.key") == 0)
        try scratch.write(bytes, to: scratch.path + "/tokend.key", mode: 0o400)
        let store = try scratch.open(credentials: scratch.path)
        #expect(store.keySource == .credential)
        #expect(try store.load(at: .start).grants == [.sample()])
    }

    @Test("a credentials directory without our key changes nothing")
    func otherCredentials() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample(), credentials: scratch.path)
        #expect(try scratch.open(credentials: scratch.path).keySource == .file)
    }
}
