import Glibc
import Settings
import Testing

@Suite("The configuration file")
final class SettingsFileTests {
    /// A directory of the test's own, removed with everything in it.
    private let directory: String

    init() throws {
        var template = Array("/tmp/tokend-settings-XXXXXX".utf8CString)
        directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        for name in ["config.toml", "link"] {
            unlink("\(directory)/\(name)")
            rmdir("\(directory)/\(name)")
        }
        rmdir(directory)
    }

    private var path: String { directory + "/config.toml" }

    private func write(_ bytes: [UInt8], mode: mode_t = 0o600) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_EXCL, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        try #require(fchmod(descriptor, mode) == 0)
    }

    private func expectError(_ message: String, at place: String = "") {
        let error = #expect(throws: SettingsErrors.self) { try SettingsFile(path: path).load(home: nil) }
        #expect(error?.description == path + place + ": " + message)
    }

    @Test("A file that is absent gives the empty settings")
    func absent() throws {
        #expect(try SettingsFile(path: path).load(home: nil) == .empty)
    }

    @Test("A file is read with the home that it is given, and its path is in the messages")
    func present() throws {
        try write(
            Array("[account.a]\nissuer = \"https://a.example\"\nclient_id = \"1\"\nca_file = \"~/ca\"".utf8),
            mode: 0o644
        )
        #expect(try SettingsFile(path: path).load(home: "/home/ada").accounts.count == 1)
        expectError("`ca_file`: `~` has no meaning because HOME is not set", at: ":4:1")
    }

    @Test("A symbolic link is followed to the file that counts")
    func link() throws {
        try write(Array("[tokend]\n".utf8), mode: 0o660)
        try #require(symlink(path, directory + "/link") == 0)
        let error = #expect(throws: SettingsErrors.self) { try SettingsFile(path: directory + "/link").load(home: nil) }
        #expect(error?.description.contains("(mode 660)") == true)
    }

    @Test("A file that others may write to is refused", arguments: [0o620, 0o602, 0o666] as [mode_t])
    func writable(_ mode: mode_t) throws {
        try write([], mode: mode)
        expectError(
            "others than its owner may write to it (mode \(String(mode, radix: 8))); run: chmod go-w \(path)"
        )
    }

    @Test("A directory is refused")
    func isDirectory() throws {
        try #require(mkdir(path, 0o700) == 0)
        expectError("is a directory; the configuration is a file")
    }

    @Test("A named pipe is refused and not waited for", .timeLimit(.minutes(1)))
    func namedPipe() throws {
        try #require(mkfifo(path, 0o600) == 0)
        expectError("is a named pipe; the configuration must be a regular file")
    }

    @Test("A device is refused")
    func device() throws {
        let error = #expect(throws: SettingsErrors.self) { try SettingsFile(path: "/dev/null").load(home: nil) }
        #expect(error?.description == "/dev/null: is not a regular file")
    }

    @Test("A file that cannot be opened is told with the system's reason")
    func unopenable() throws {
        try #require(symlink(path, path) == 0)
        expectError("cannot be opened: Too many levels of symbolic links")
    }

    @Test(
        "A file that may not be read is told with the system's reason",
        .enabled(if: geteuid() != 0, "root reads all")
    )
    func unreadable() throws {
        try write([], mode: 0o000)
        expectError("cannot be opened: Permission denied")
    }

    @Test("A file of 1 MiB is read, a larger one is refused")
    func size() throws {
        try write([UInt8](repeating: UInt8(ascii: "#"), count: SettingsFile.largest))
        #expect(try SettingsFile(path: path).load(home: nil) == .empty)
        unlink(path)
        try write([UInt8](repeating: UInt8(ascii: "#"), count: SettingsFile.largest + 1))
        expectError("is larger than 1 MiB; that cannot be a configuration")
    }

    @Test(
        "Bytes that are no UTF-8 are refused at their place",
        arguments: [
            [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82],
        ] as [[UInt8]]
    )
    func invalidUTF8(_ bytes: [UInt8]) throws {
        try write(Array("# é\n# é".utf8) + bytes + Array("\n".utf8))
        expectError("not valid UTF-8", at: ":2:4")
    }
}
