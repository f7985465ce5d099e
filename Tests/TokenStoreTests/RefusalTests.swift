import Accounts
import FoundationEssentials
import Glibc
import OAuth
import Testing
import TokenStore

/// A store that cannot be used: how it came about, and what is said of it.
struct Refusal: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var code: StoreError.Code
    /// What the message names, so that a person finds the file.
    var names: String
    var credential: String?
    var prepare: @Sendable (Scratch) async throws -> Void

    static let all: [Refusal] = [
        Refusal("a file of random bytes", .notADatabase, "tokens.sqlite") { scratch in
            try #require(mkdir(scratch.state, 0o700) == 0)
            try scratch.write((0..<8192).map { _ in UInt8.random(in: 0...255) }, to: scratch.database)
        },
        Refusal("a file that is too short", .notADatabase, "tokens.sqlite") { scratch in
            try #require(mkdir(scratch.state, 0o700) == 0)
            try scratch.write("SQLite format 3\0".utf8, to: scratch.database)
        },
        Refusal("random bytes in the place of our database", .notADatabase, "tokens.sqlite") { scratch in
            try await scratch.fill(.sample())
            try scratch.write((0..<8192).map { _ in UInt8.random(in: 0...255) }, to: scratch.database)
        },
        Refusal("a directory in its place", .notADatabase, "tokens.sqlite") { scratch in
            try await scratch.fill(.sample())
            try #require(unlink(scratch.database) == 0 && mkdir(scratch.database, 0o700) == 0)
        },
        Refusal("a symbolic link in its place", .notADatabase, "tokens.sqlite") { scratch in
            try await scratch.fill(.sample())
            try #require(rename(scratch.database, scratch.path + "/elsewhere") == 0)
            try #require(symlink(scratch.path + "/elsewhere", scratch.database) == 0)
        },
        Refusal("another program's database", .foreign, "tokens.sqlite") { scratch in
            try #require(mkdir(scratch.state, 0o700) == 0)
            try scratch.sql("CREATE TABLE cookies (name TEXT)")
        },
        Refusal("another program's database in WAL mode", .foreign, "tokens.sqlite") { scratch in
            try #require(mkdir(scratch.state, 0o700) == 0)
            try scratch.sql("PRAGMA journal_mode = WAL")
            try scratch.sql("PRAGMA application_id = 7")
        },
        Refusal("a newer schema", .newerSchema, "newer tokend") { scratch in
            try await scratch.fill(.sample())
            try scratch.sql("PRAGMA user_version = 99")
        },
        Refusal("a newer schema that only the log holds", .newerSchema, "newer tokend") { scratch in
            try await scratch.fill(.sample())
            try scratch.sql("PRAGMA user_version = 99", keepingLog: true)
            try #require(access(scratch.database + "-wal", F_OK) == 0)
        },
        Refusal("a database that is gone", .lost, "tokens.id") { scratch in
            try await scratch.fill(.sample())
            try #require(unlink(scratch.database) == 0)
        },
        Refusal("an empty file beside the sentinel", .lost, "tokens.id") { scratch in
            try await scratch.fill(.sample())
            try #require(truncate(scratch.database, 0) == 0)
        },
        Refusal("a key file that is gone", .keyMissing, "/key") { scratch in
            try await scratch.fill(.sample())
            try #require(unlink(scratch.key) == 0)
        },
        Refusal("another key", .keyWrong, "/key") { scratch in
            try await scratch.fill(.sample())
            try scratch.write([UInt8](repeating: 7, count: 32), to: scratch.key)
        },
        Refusal("a key of 31 bytes", .keyWrong, "32 bytes") { scratch in
            try await scratch.fill(.sample())
            try scratch.write([UInt8](repeating: 7, count: 31), to: scratch.key)
        },
        Refusal("64 characters that are not hexadecimal", .keyWrong, "32 bytes") { scratch in
            try await scratch.fill(.sample())
            try scratch.write([UInt8](repeating: UInt8(ascii: "g"), count: 64), to: scratch.key)
        },
        Refusal("a key that the group may read", .keyTooOpen, "chmod 600") { scratch in
            try await scratch.fill(.sample())
            try #require(chmod(scratch.key, 0o640) == 0)
        },
        Refusal("a key that others may read", .keyTooOpen, "chmod 600") { scratch in
            try await scratch.fill(.sample())
            try #require(chmod(scratch.key, 0o604) == 0)
        },
        Refusal("a credential with another key", .keyWrong, "tokend.key", credential: hexKey("1")) { scratch in
            try await scratch.fill(.sample())
        },
        Refusal("a credential that is no longer passed", .keyMissing, "the credential tokend.key") { scratch in
            try scratch.write(hexKey("2").utf8, to: scratch.path + "/tokend.key")
            try await scratch.fill(.sample(), credentials: scratch.path)
        },
        Refusal("a damaged database without its key", .keyMissing, "damaged") { scratch in
            try await scratch.fill(.sample())
            try scratch.damage(page: 1, from: 100)
            try #require(unlink(scratch.key) == 0)
        },
        Refusal("a damaged database whose backup has another key", .keyWrong, "/key") { scratch in
            try await scratch.fill(.sample())
            try await scratch.maintain(at: .days(1))
            try scratch.damage(page: 1, from: 100)
            try scratch.write([UInt8](repeating: 7, count: 32), to: scratch.key)
        },
    ]

    private init(
        _ testDescription: String,
        _ code: StoreError.Code,
        _ names: String,
        credential: String? = nil,
        prepare: @escaping @Sendable (Scratch) async throws -> Void
    ) {
        self.testDescription = testDescription
        self.code = code
        self.names = names
        self.credential = credential
        self.prepare = prepare
    }

    private static func hexKey(_ digit: Character) -> String { String(repeating: digit, count: 64) + "\n" }
}

@Suite("What the store refuses")
struct RefusalTests {
    @Test("every byte stays as it was, and the daemon exits with 78", arguments: Refusal.all)
    func refusal(_ refusal: Refusal) async throws {
        let scratch = try Scratch()
        try await refusal.prepare(scratch)
        var credentials: String?
        if let key = refusal.credential {
            credentials = scratch.path + "/credentials"
            try #require(mkdir(scratch.path + "/credentials", 0o700) == 0)
            try scratch.write(key.utf8, to: scratch.path + "/credentials/tokend.key")
        }
        let before = try scratch.snapshot()
        let error = #expect(throws: StoreError.self) { try scratch.open(credentials: credentials, now: .days(3)) }
        #expect(error?.code == refusal.code)
        #expect(error?.exitCode == 78)
        #expect(error?.message.contains(refusal.names) == true, "\(error?.message ?? "")")
        #expect(try scratch.snapshot() == before)
    }

    @Test("a second store on the directory is refused with the owner's process id, and gets it after the close")
    func secondOpener() async throws {
        let scratch = try Scratch()
        let first = try scratch.open()
        let error = #expect(throws: StoreError.self) { try scratch.open() }
        #expect(error?.code == .locked(by: getpid()))
        #expect(error?.exitCode == 75)
        #expect(error?.message.contains("\(getpid())") == true)
        try await outcome { first.save(.sample(), completion: $0) }
        first.close()
        #expect(try scratch.open().load(at: .start).grants == [.sample()])
    }

    @Test("the owner's number is not told when there is no such process")
    func deadOwner() throws {
        let scratch = try Scratch()
        try #require(mkdir(scratch.state, 0o700) == 0)
        try scratch.write("999999999\n".utf8, to: scratch.state + "/lock")
        let holder = open(scratch.state + "/lock", O_RDWR | O_CLOEXEC)
        try #require(flock(holder, LOCK_EX | LOCK_NB) == 0)
        defer { close(holder) }
        #expect(#expect(throws: StoreError.self) { try scratch.open() }?.code == .locked(by: nil))
    }

    @Test("a database that another program has open is refused with 75")
    func busy() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        let other = try OtherProgram(reading: scratch.database)
        let error = #expect(throws: StoreError.self) { try scratch.open(patience: .milliseconds(20)) }
        guard case .busy = error?.code else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.exitCode == 75)
        other.close()
        #expect(try scratch.open().load(at: .start).grants == [.sample()])
    }

    @Test("a directory of another user's is refused", .enabled(if: geteuid() == 0, "only root can give files away"))
    func foreignDirectory() throws {
        let scratch = try Scratch()
        try #require(mkdir(scratch.state, 0o700) == 0 && chown(scratch.state, 65_534, 65_534) == 0)
        let error = #expect(throws: StoreError.self) { try scratch.open() }
        #expect(error?.code == .notOwned)
        #expect(error?.exitCode == 78)
    }

    @Test("a database of another user's is refused", .enabled(if: geteuid() == 0, "only root can give files away"))
    func foreignDatabase() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        try #require(chown(scratch.database, 65_534, 65_534) == 0)
        #expect(#expect(throws: StoreError.self) { try scratch.open() }?.code == .notOwned)
    }

    @Test("a directory that cannot be written is refused", .enabled(if: geteuid() != 0, "root writes everywhere"))
    func closedDirectory() async throws {
        let scratch = try Scratch()
        try await scratch.fill(.sample())
        try #require(chmod(scratch.state, 0o500) == 0)
        defer { chmod(scratch.state, 0o700) }
        try #require(unlink(scratch.state + "/lock") != 0)
        let error = #expect(throws: StoreError.self) { try scratch.open() }
        #expect(error?.code == .readOnly)
    }
}
