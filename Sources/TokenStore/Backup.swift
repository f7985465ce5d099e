import Accounts
import FoundationEssentials
import Glibc
import OAuth

/// The copies in `backups/`: whole databases, sealed as they were, named by the moment they were made.
struct Backups {
    /// How many are kept.
    static let kept = 3
    /// How old the newest may be.
    static let interval = Duration.seconds(86_400)

    let directory: StateDirectory

    /// The files' paths, the newest first. Those from moments to come, which a wrong clock has named, are the last.
    func all(at now: Instant) throws -> [String] {
        guard try directory.exists(directory.backups) else { return [] }
        let paths = try FileManager.default.contentsOfDirectory(atPath: directory.backups)
            .filter { $0.hasPrefix("tokens-") && $0.hasSuffix(".sqlite") }.sorted(by: >)
            .map { "\(directory.backups)/\($0)" }
        let present = path(now)
        return paths.filter { $0 <= present } + paths.filter { $0 > present }
    }

    /// Whether it is time for another: the newest is a day old or from a moment to come, or lacks one of these logins.
    func isDue(for logins: Set<GrantID>, at now: Instant) throws -> Bool {
        guard let newest = try all(at: now).first else { return true }
        let isFresh = path(now.advanced(by: .zero - Self.interval)) < newest && newest <= path(now)
        return !isFresh || !logins.isSubset(of: Self.logins(in: newest))
    }

    /// The logins that a backup holds; none if it cannot be read.
    private static func logins(in path: String) -> Set<GrantID> {
        let rows = try? Connection(path: path, access: .immutable)
            .rows("SELECT account, fingerprint FROM grants") { row in
                GrantID(account: try row.text(), fingerprint: try row.text())
            }
        return Set(rows ?? [])
    }

    /// Copies the database into a new file, durable under its name when this returns, and removes all but the newest.
    ///
    /// - Returns: its path.
    @discardableResult
    func make(of connection: Connection, at now: Instant) throws -> String {
        if mkdir(directory.backups, 0o700) != 0, errno != EEXIST {
            throw SystemError(call: "mkdir", path: directory.backups, number: errno)
        }
        let path = path(now)
        try directory.remove(draft)
        do {
            // SQLite fills an empty file that is there, and so keeps its mode.
            let file = try Descriptor(draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
            try connection.run("VACUUM INTO ?", [.text(draft)])
            try file.sync()
            try SystemError.check("rename", draft) { rename(draft, path) }
            try StateDirectory.sync(directory.backups)
        } catch {
            unlink(draft)
            throw error
        }
        for old in try all(at: now).filter({ $0 != path }).dropFirst(Self.kept - 1) { try directory.remove(old) }
        return path
    }

    /// Removes all but one, durably, and goes on where one cannot be removed: that is thrown when the others are gone.
    func removeAll(except kept: String?, at now: Instant) throws {
        guard try directory.exists(directory.backups) else { return }
        var failure: SystemError?
        for path in try all(at: now).filter({ $0 != kept }) + [draft] {
            do throws(SystemError) { try directory.remove(path) } catch { failure = error }
        }
        try StateDirectory.sync(directory.backups)
        guard let failure else { return }
        throw StoreError(
            StoreError(failure, in: directory).code,
            "The login is out of the database, but the backup \(failure.path) may still hold it and could not be removed; "
                + "remove it.",
            cause: failure
        )
    }

    /// One name for all drafts: what a crash leaves behind goes with the next backup.
    private var draft: String { directory.backups + "/draft" }

    private func path(_ instant: Instant) -> String { "\(directory.backups)/tokens-\(instant.stamp).sqlite" }
}

extension Instant {
    /// The wall time in a file's name, `20261123T053300Z`: names sort as the moments do.
    var stamp: String {
        var seconds = time_t(wall.components.seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y%m%dT%H%M%SZ", &parts)
        return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
