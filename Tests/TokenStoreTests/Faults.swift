import CSQLite
import FoundationEssentials
import Glibc
import Testing
import TokenStore

extension Scratch {
    /// Overwrites a page of the database, or what follows an offset in it.
    func damage(page: Int, from offset: Int = 0, with pattern: UInt8 = 0xA5) throws {
        var bytes = try bytes(database)
        for index in ((page - 1) * 4096 + offset)..<(page * 4096) { bytes[index] = pattern }
        try write(bytes, to: database)
    }

    /// Makes the descriptor under which this process has a file open stand for another one.
    func replaceDescriptor(of path: String, by substitute: String, _ flags: Int32) throws {
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
        let number = try #require(
            descriptors.first { number in
                var buffer = [CChar](repeating: 0, count: 4096)
                let count = readlink("/proc/self/fd/\(number)", &buffer, buffer.count)
                return count > 0
                    && String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) == path
            }
        )
        let other = Glibc.open(substitute, flags | O_CLOEXEC)
        try #require(other >= 0)
        defer { close(other) }
        try #require(dup2(other, number) == number)
    }
}

/// A connection of somebody else's, which reads the database and keeps it open.
final class OtherProgram {
    private var connection: OpaquePointer?

    init(reading path: String) throws {
        try #require(sqlite3_open(path, &connection) == SQLITE_OK)
        try #require(
            sqlite3_exec(connection, "BEGIN; SELECT count(*) FROM grants", nil, nil, nil) == SQLITE_OK
        )
    }

    func close() {
        sqlite3_close(connection)
        connection = nil
    }

    deinit { sqlite3_close(connection) }
}

/// A small file system in memory, which can be filled to the last byte.
struct Disk {
    private let path: String

    /// Whether this process may mount one.
    static let isAvailable = {
        guard geteuid() == 0, let scratch = try? Scratch(), let disk = try? Disk(scratch.path, megabytes: 1) else {
            return false
        }
        disk.unmount()
        return true
    }()

    init(_ path: String, megabytes: Int) throws {
        self.path = path
        try #require(mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0)
    }

    func unmount() { umount2(path, Int32(MNT_DETACH)) }

    func makeReadOnly() throws { try #require(mount("tmpfs", path, "tmpfs", UInt(32 | 1), nil) == 0) }

    /// Leaves not a byte free.
    func fill() {
        let file = open(path + "/filling", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        for size in [1 << 16, 1 << 12, 1] {
            let block = [UInt8](repeating: 1, count: size)
            while write(file, block, size) > 0 {}
        }
    }

    func free() { unlink(path + "/filling") }
}
