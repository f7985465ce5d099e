import Daemon
import Gateways
import Glibc
import Settings
import Testing
import TokenStore
import Transport

/// What the process ends with.
@Suite("The end of a daemon that could not begin") struct EndTests {
    private let paths: Paths

    init() throws {
        paths = try Paths(environment: ["HOME": "/home/test", "XDG_RUNTIME_DIR": "/run/user/1"])
    }

    @Test(
        "has the status that tells a supervisor whether to try again",
        arguments: [
            (StoreError(.locked(by: 1), "x"), 75), (StoreError(.busy(by: nil), "x"), 75),
            (StoreError(.keyWrong, "x"), 78), (StoreError(.keyMissing, "x"), 78), (StoreError(.keyTooOpen, "x"), 78),
            (StoreError(.newerSchema, "x"), 78), (StoreError(.foreign, "x"), 78), (StoreError(.lost, "x"), 78),
            (StoreError(.readOnly, "x"), 78), (StoreError(.closed, "x"), 78),
            (SettingsErrors([Diagnostic(file: "c", position: nil, message: "x")]), 78),
            (TransportError(.unknown, "x"), 75), (CancellationError(), 75),
        ] as [(any Error & Sendable, Int32)]
    )
    func statuses(error: any Error & Sendable, status: Int32) {
        #expect(End(error, paths: paths).status == status)
    }

    @Test("names every error of the configuration on a line of its own")
    func configuration() {
        let errors = SettingsErrors([
            Diagnostic(file: "c.toml", position: Position(line: 1, column: 2), message: "first"),
            Diagnostic(file: "c.toml", position: Position(line: 3, column: 4), message: "second"),
        ])
        #expect(End(errors, paths: paths).message == "c.toml:1:2: first\nc.toml:3:4: second")
    }

    @Test("leaves a socket alone on which another program listens, and says what to run")
    func inUse() throws {
        let scratch = try Scratch()
        try #require(chmod(scratch.path, 0o700) == 0)
        let path = scratch.path + "/tokend.sock"
        let other = try Listener.bind(path: path, replacingStale: false)
        defer { close(other.descriptor) }
        let error = #expect(throws: ListenerError.self) { try Listener.bind(path: path, replacingStale: true) }
        let end = End(try #require(error), paths: paths)
        #expect(end.status == 75)
        #expect(end.message == "another program listens on \(path); run: systemctl --user start tokend")
        #expect(access(path, F_OK) == 0)
    }

    @Test("refuses a directory that others may enter")
    func openDirectory() throws {
        let scratch = try Scratch()
        try #require(chmod(scratch.path, 0o755) == 0)
        let error = #expect(throws: ListenerError.self) {
            try Listener.bind(path: scratch.path + "/tokend.sock", replacingStale: true)
        }
        #expect(End(try #require(error), paths: paths).status == 78)
    }
}
