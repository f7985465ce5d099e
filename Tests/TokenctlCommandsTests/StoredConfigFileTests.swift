import FoundationEssentials
import Glibc
import Testing
import TokenctlCommands

@Suite("AWS's configuration file on the disk") struct StoredConfigFileTests {
    /// Runs a test with a private directory.
    private func inDirectory(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/tokend-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let path = template.withUnsafeBufferPointer { String(decoding: $0.dropLast().map(UInt8.init), as: UTF8.self) }
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return status.st_mode
    }

    @Test(
        "It is where AWS's programs look for it",
        arguments: [
            (["HOME": "/home/me"], "/home/me/.aws/config"),
            (["HOME": "/home/me", "AWS_CONFIG_FILE": "/etc/aws"], "/etc/aws"),
            (["HOME": "/home/me", "AWS_CONFIG_FILE": "~/aws"], "/home/me/aws"),
            (["HOME": "/home/me", "AWS_CONFIG_FILE": ""], "/home/me/.aws/config"), ([:], nil),
        ] as [([String: String], String?)]
    )
    func path(environment: [String: String], path: String?) {
        let stored = try? StoredConfigFile { name in environment[name] }
        #expect(stored?.path == path)
    }

    @Test("A new one is its owner's alone, and so is the directory")
    func new() throws {
        try inDirectory { directory in
            let stored = StoredConfigFile(path: "\(directory)/.aws/config")
            #expect(try stored.read() == "")
            try stored.write("[default]\n")
            #expect(try stored.read() == "[default]\n")
            #expect(try mode("\(directory)/.aws") == S_IFDIR | 0o700)
            #expect(try mode(stored.path) == S_IFREG | 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/.aws") == ["config"])
        }
    }

    @Test("Its mode stays, and a link to it stays a link")
    func linked() throws {
        try inDirectory { directory in
            let real = StoredConfigFile(path: "\(directory)/dotfiles-config")
            try real.write("old\n")
            try #require(chmod(real.path, 0o640) == 0)
            let link = StoredConfigFile(path: "\(directory)/config")
            try #require(symlink(real.path, link.path) == 0)
            try link.write("new\n")
            #expect(try mode(link.path) & S_IFMT == S_IFLNK)
            #expect(try real.read() == "new\n")
            #expect(try mode(real.path) == S_IFREG | 0o640)
        }
    }

    @Test("What is no text is refused and left as it is")
    func noText() throws {
        try inDirectory { directory in
            let path = "\(directory)/config"
            try Data([0x5B, 0xFF, 0x5D]).write(to: URL(filePath: path))
            let failure = try #require(throws: CommandFailure.self) { try StoredConfigFile(path: path).read() }
            #expect(failure.status == .configuration)
        }
    }

    @Test("Where it cannot be written the failure says so, and nothing is left behind")
    func unwritable() throws {
        try inDirectory { directory in
            let stored = StoredConfigFile(path: "\(directory)/a/b/config")
            let failure = try #require(throws: CommandFailure.self) { try stored.write("x") }
            #expect(failure.status == .outputFailed)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [])
        }
    }
}
