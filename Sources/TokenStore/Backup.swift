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

    /// The files' paths, the newest first.
    func all() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.backups)) ?? []
        return names.filter { $0.hasPrefix("tokens-") && $0.hasSuffix(".sqlite") }.sorted(by: >)
            .map { "\(directory.backups)/\($0)" }
    }

    /// Whether it is time for another. One from a moment to come says that a clock was wrong, and counts for nothing.
    func isDue(at now: Instant) -> Bool {
        guard let newest = all().first else { return true }
        return newest < path(now.advanced(by: .zero - Self.interval)) || newest > path(now)
    }

    /// Copies the database into a new file, durable under its name when this returns, and removes all but the newest.
    func make(of connection: Connection, at now: Instant) throws {
        if mkdir(directory.backups, 0o700) != 0, errno != EEXIST {
            throw SystemError(call: "mkdir", path: directory.backups, number: errno)
        }
        let path = path(now)
        let draft = path + ".new"
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
        try remove(all().filter { $0 != path }.dropFirst(Self.kept - 1))
    }

    /// Puts a fresh copy in the place of all others, so that none of them holds what has just been wiped.
    func renew(of connection: Connection, at now: Instant) throws {
        try remove(all()[...])
        try make(of: connection, at: now)
    }

    private func remove(_ paths: ArraySlice<String>) throws {
        for path in paths { try directory.remove(path) }
    }

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
