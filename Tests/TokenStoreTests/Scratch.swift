import Accounts
import CSQLite
import FoundationEssentials
import Glibc
import OAuth
import Testing
import TokenStore

/// A private directory for one test, gone with it. The store's directory is `state` in it.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/tokend-store-" + UUID().uuidString
        try #require(mkdir(path, 0o700) == 0)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var state: String { path + "/state" }
    var database: String { state + "/tokens.sqlite" }
    var key: String { state + "/key" }

    /// Opens the store.
    func open(
        credentials: String? = nil,
        now: Instant = .start,
        schema: Schema = .current,
        patience: Duration = .seconds(5)
    ) throws(StoreError) -> TokenStore {
        try TokenStore.open(
            stateDirectory: state,
            credentialsDirectory: credentials,
            now: now,
            schema: schema,
            patience: patience
        )
    }

    /// Makes a store with these logins and closes it.
    func fill(_ grants: StoredGrant..., credentials: String? = nil, now: Instant = .start) async throws {
        let store = try open(credentials: credentials, now: now)
        for grant in grants { try await outcome { store.save(grant, completion: $0) } }
        store.close()
    }

    /// Opens the store for one round of maintenance.
    func maintain(at now: Instant) async throws {
        let store = try open(now: now)
        defer { store.close() }
        try await outcome { store.maintain(at: now, completion: $0) }
    }

    /// Runs SQL on the database, or another file, as another program would.
    ///
    /// - Returns: the first column of its rows, as text.
    @discardableResult
    func sql(_ sql: String, on path: String? = nil, keepingLog: Bool = false) throws -> [String] {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        try #require(sqlite3_open(path ?? database, &connection) == SQLITE_OK)
        let handle = try #require(connection)
        try #require(csqlite_switch(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keepingLog ? 1 : 0) == SQLITE_OK)
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        try #require(sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, "\(sql)")
        var rows: [String] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: rows.append(sqlite3_column_text(statement, 0).map { String(cString: $0) } ?? "NULL")
            case let code:
                try #require(code == SQLITE_DONE, "\(sql)")
                return rows
            }
        }
    }

    /// Every file and directory of the state directory: its mode and its bytes.
    func snapshot() throws -> [String: Entry] {
        var entries: [String: Entry] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: state) {
            let path = state + "/" + name
            var status = stat()
            try #require(lstat(path, &status) == 0)
            let isFile = status.st_mode & S_IFMT == S_IFREG
            entries[name] = Entry(mode: status.st_mode, bytes: isFile ? try bytes(path) : [])
        }
        return entries
    }

    struct Entry: Equatable {
        var mode: mode_t
        var bytes: [UInt8]
    }

    /// What a crash at this moment would leave, as a directory of its own.
    func crashed() throws -> Scratch {
        let copy = try Scratch()
        try FileManager.default.copyItem(atPath: state, toPath: copy.state)
        return copy
    }

    /// The logins that a store opened after a crash at this moment holds.
    func grantsAfterCrash() throws -> [StoredGrant] {
        let copy = try crashed()
        return try copy.open().load(at: .start).grants
    }

    func bytes(_ path: String) throws -> [UInt8] { Array(try #require(FileManager.default.contents(atPath: path))) }

    func write(_ bytes: some Sequence<UInt8>, to path: String, mode: mode_t = 0o600) throws {
        try Data(bytes).write(to: URL(filePath: path))
        try #require(chmod(path, mode) == 0)
    }

    /// The names of the backups, the oldest first.
    func backups() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: state + "/backups").sorted()
    }

    /// The files that were set aside.
    func damaged() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: state).filter { $0.hasPrefix("corrupt-") }.sorted()
    }
}

/// Waits for the completion of one of the store's calls.
func outcome<Value: Sendable>(_ call: (@escaping TokenStore.Completion<Value>) -> Void) async throws(StoreError)
    -> Value
{
    try await withCheckedContinuation { continuation in call { continuation.resume(returning: $0) } }.get()
}

extension Instant {
    static let start = Instant(wall: .seconds(1_790_000_000), boot: .seconds(5000), bootID: "boot-1")

    static func days(_ days: Int) -> Instant { start.advanced(by: .seconds(86_400 * days)) }
}

extension GrantID {
    static let mail = GrantID(account: "mail", fingerprint: "issuer|client")
    static let work = GrantID(account: "work", fingerprint: "issuer|client")
}

extension StoredGrant {
    /// A login with every member set.
    static func sample(_ id: GrantID = .mail, generation: UInt64 = 1, size: Int = 100) -> StoredGrant {
        func secret(_ name: String) -> Secret {
            Secret("\(name)-\(id.account)-\(generation)-" + String(repeating: "s", count: size))
        }
        return StoredGrant(
            id: id,
            generation: generation,
            requestedScope: Scope(["openid", "mail.read"]),
            refreshToken: secret("refresh"),
            token: Token(
                secret: secret("access"),
                type: "Bearer",
                scope: Scope(["mail.read"]),
                obtained: .start,
                lifetime: .seconds(3600),
                lifetimeIsAssumed: true
            ),
            idToken: Token(
                secret: secret("id"),
                type: "Bearer",
                scope: .none,
                obtained: .start.advanced(by: .milliseconds(1)),
                lifetime: .milliseconds(1500)
            ),
            subject: "súbject",
            lastRefreshAt: .start,
            intentAt: .start.advanced(by: .seconds(-3)),
            ended: EndedCause(reason: .rotationOutcomeUnknown, detail: "lost", at: .start.advanced(by: .seconds(9)))
        )
    }
}
