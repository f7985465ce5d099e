import FoundationEssentials
import Glibc

/// A directory for the time of a test.
struct Scratch: ~Copyable {
    let path = House.newDirectory()

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { House.remove(path) }

    /// Writes a file and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
        return path + "/" + name
    }
}
