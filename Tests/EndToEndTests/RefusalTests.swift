import Foundation
import Glibc
import SandboxIssuer
import Testing

/// What the programs say and with which status they end when they cannot do what they are asked.
@Suite("Refusals", .timeLimit(.minutes(2)))
struct RefusalTests {
    // MARK: tokenctl

    @Test(
        "without a daemon tokenctl exits with 69 and says how to start one",
        arguments: ["token", "login", "logout", "refresh"]
    )
    func noDaemon(command: String) async throws {
        try await House.with { house in
            let outcome = try await house.tokenctl(command, "example")
            #expect(outcome.status == 69)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains(house.socket))
            #expect(outcome.errors.hasSuffix("; run: tokend\n"), "\(outcome)")
        }
    }

    @Test("where systemd runs the user's services, the way to start the daemon is systemd's")
    func noDaemonUnderSystemd() async throws {
        try await House.with { house in
            mkdir("\(house.directory)/run/systemd", 0o700)
            let outcome = try await house.tokenctl("token", "example")
            #expect(outcome.status == 69)
            #expect(outcome.errors.hasSuffix("; run: systemctl --user start tokend.socket\n"))
        }
    }

    @Test(
        "a command line that cannot be right exits with 64",
        arguments: [
            ["token"], ["tokens"], ["token", "example", "--no-such-option"], ["token", "a", "b"],
            ["token", "example", "--min-valid", "soon"], ["token", "example", "--format", "xml"],
            ["token", "example", "--format", "xoauth2", "--user", ""], ["login"],
            ["login", "example", "--device", "--browser"],
            ["refresh"], ["token", "../status"],
        ]
    )
    func usage(arguments: [String]) async throws {
        try await House.with { house in
            let outcome = try await Program.run(
                Environment.product("tokenctl"),
                arguments,
                environment: house.environment
            )
            #expect(outcome.status == 64)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.hasPrefix("tokenctl: "), "\(outcome)")
        }
    }

    @Test("an unknown account exits with 66 and is told which there are; a missing login exits with 77 and its remedy")
    func accounts() async throws {
        try await House.with(issuer: .quick()) { house, _ in
            try await house.start()
            for command in ["token", "login", "logout", "refresh"] {
                let outcome = try await house.tokenctl(command, "exmaple")
                #expect(outcome.status == 66, "\(command)")
                #expect(outcome.errors.contains("no account exmaple in \(house.configurationFile); there are: example"))
            }
            for command in ["token", "refresh"] {
                let outcome = try await house.tokenctl(command, "example")
                #expect(outcome.status == 77, "\(command)")
                #expect(outcome.output.isEmpty)
                #expect(outcome.errors.hasSuffix("; run: tokenctl login example\n"), "\(outcome)")
            }
            #expect(try await house.tokenctl("logout", "example").status == 0, "there is nothing to do")
        }
    }

    @Test("an issuer that is down makes tokenctl exit with 75")
    func issuerDown() async throws {
        let gone = try await SandboxIssuer.start(.quick())
        await gone.stop()
        try await House.with { house in
            try house.configure(gone.account() + gone.ownAccount("service", secret: "\"secret\""))
            try await house.start()
            for arguments in [["login", "example"], ["refresh", "service"], ["token", "service", "--wait", "0"]] {
                let outcome = try await Program.run(
                    Environment.product("tokenctl"),
                    arguments,
                    environment: house.environment
                )
                #expect(outcome.status == 75, "\(arguments): \(outcome)")
                #expect(outcome.errors.contains("refused") || outcome.errors.contains("connect"), "\(outcome)")
            }
        }
    }

    @Test(
        "an issuer that answers with a page makes tokenctl exit with 76, and the page is not shown",
        arguments: [Endpoint.metadata, .deviceAuthorization, .token]
    )
    func issuerAnswersHTML(endpoint: Endpoint) async throws {
        try await House.with(issuer: .quick()) { house, issuer in
            try house.configure(issuer.account() + issuer.ownAccount("service", secret: "\"secret\""))
            issuer.inject(.html, at: endpoint, times: 20)
            try await house.start()
            let outcome =
                if endpoint == .deviceAuthorization {
                    try await house.tokenctl("login", "example")
                } else {
                    try await house.tokenctl("refresh", "service")
                }
            #expect(outcome.status == 76, "\(outcome)")
            #expect(outcome.errors.contains("not_json"), "\(outcome)")
            #expect(!outcome.errors.contains("<"))
            #expect(!house.log.contains("<h1>"))
        }
    }

    // MARK: tokend

    @Test("a configuration with mistakes exits with 78 and file, line and column of each")
    func badConfiguration() async throws {
        try await House.with { house in
            try house.configure("[tokend]\nlog_levle = \"info\"\n\n[account.example]\nissuer = 7\n")
            let outcome = try await house.startInVain()
            #expect(outcome.status == 78)
            #expect(outcome.errors.contains("\(house.configurationFile):2:1: "), "\(outcome)")
            #expect(outcome.errors.contains("log_level"))
            #expect(outcome.errors.contains("\(house.configurationFile):5:"))
            #expect(!FileManager.default.fileExists(atPath: house.stateDirectory), "nothing is made before that")
            let check = try await house.startInVain(["--check-config"])
            #expect(check.status == 78)
            #expect(check.output.contains("\(house.configurationFile):2:1: "), "\(check)")
        }
    }

    @Test("a configuration that others may write, or that cannot be read, exits with 78")
    func unusableConfiguration() async throws {
        try await House.with { house in
            try house.configure("")
            let noSession = ["XDG_RUNTIME_DIR": ""]
            #expect(try await house.startInVain(["--check-config"], environment: noSession).output == "ok\n")
            chmod(house.configurationFile, 0o620)
            let open = try await house.startInVain()
            #expect(open.status == 78)
            #expect(open.errors.contains("run: chmod go-w \(house.configurationFile)"))
            unlink(house.configurationFile)
            mkdir(house.configurationFile, 0o700)
            let directory = try await house.startInVain()
            #expect(directory.status == 78)
            #expect(directory.errors.contains("\(house.configurationFile): is a directory"), "\(directory)")
        }
    }

    @Test(
        "a configuration that may not be read exits with 78",
        .enabled(if: geteuid() != 0, "root may read everything")
    )
    func forbiddenConfiguration() async throws {
        try await House.with { house in
            try house.configure("")
            chmod(house.configurationFile, 0)
            let outcome = try await house.startInVain()
            #expect(outcome.status == 78)
            #expect(outcome.errors.contains("\(house.configurationFile): cannot be opened"), "\(outcome)")
        }
    }

    @Test("a usage that tokend does not know exits with 64")
    func daemonUsage() async throws {
        try await House.with { house in
            let outcome = try await house.startInVain(["--no-such-option"])
            #expect(outcome.status == 64)
        }
    }

    @Test("a second daemon exits with 75 and names the first, which goes on")
    func secondDaemon() async throws {
        try await House.with(issuer: .quick()) { house, _ in
            let first = try await house.start()
            try await house.logIn()
            let second = try await house.startInVain()
            #expect(second.status == 75)
            #expect(second.errors.contains("\(first.pid)"), "\(second)")
            #expect(second.errors.contains(house.stateDirectory))
            #expect(serial(try await house.output("token", "example")) == 1)
        }
    }

    @Test("without XDG_RUNTIME_DIR both programs exit with 78")
    func noRuntimeDirectory() async throws {
        try await House.with { house in
            let daemon = try await house.startInVain(environment: ["XDG_RUNTIME_DIR": ""])
            #expect(daemon.status == 78)
            #expect(daemon.errors.contains("XDG_RUNTIME_DIR"))
            let environment = house.environment.filter { $0.key != "XDG_RUNTIME_DIR" }
            let control = try await Program.run(
                Environment.product("tokenctl"),
                ["token", "example"],
                environment: environment
            )
            #expect(control.status == 78)
            #expect(control.errors.contains("XDG_RUNTIME_DIR"))
        }
    }

    @Test("a socket on which another program listens is left alone, and the daemon exits with 75")
    func occupiedSocket() async throws {
        try await House.with { house in
            mkdir("\(house.directory)/run/tokend", 0o700)
            let other = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(other) }
            try #require(UnixAddress.bind(other, to: house.socket))
            try #require(listen(other, 1) == 0)
            let outcome = try await house.startInVain()
            #expect(outcome.status == 75)
            #expect(outcome.errors.hasSuffix("run: systemctl --user start tokend\n"), "\(outcome)")
            #expect(access(house.socket, F_OK) == 0)
        }
    }

    @Test(
        "a runtime directory that is open to others exits with 78; a socket that nobody listens on any more is replaced"
    )
    func socketDirectory() async throws {
        try await House.with { house in
            mkdir("\(house.directory)/run/tokend", 0o755)
            chmod("\(house.directory)/run/tokend", 0o755)
            let open = try await house.startInVain()
            #expect(open.status == 78)
            #expect(open.errors.contains("\(house.directory)/run/tokend must be a directory"), "\(open)")
            chmod("\(house.directory)/run/tokend", 0o700)
            try await house.start()
            try await house.kill()
            #expect(access(house.socket, F_OK) == 0, "what kill -9 leaves behind")
            try await house.start()
            #expect(try await house.tokenctl("status").status == 0)
        }
    }

    // MARK: The store

    /// A way to spoil what lies in the state directory.
    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var mentions: String
        var apply: @Sendable (String) -> Int32
    }

    @Test(
        "a store that cannot be opened safely exits with 78, with every byte as it was",
        arguments: [
            Damage(testDescription: "the key is missing", mentions: "key") { unlink("\($0)/key") },
            Damage(testDescription: "others may read the key", mentions: "chmod") { chmod("\($0)/key", 0o644) },
            Damage(testDescription: "the key is another's", mentions: "key") {
                overwrite("\($0)/key", "another key of the same size..")
            },
            Damage(testDescription: "the database is junk", mentions: "tokens.sqlite") {
                overwrite("\($0)/tokens.sqlite", String(repeating: "junk", count: 4096))
            },
            Damage(testDescription: "the database is empty", mentions: "tokens.sqlite") {
                truncate("\($0)/tokens.sqlite", 0)
            },
        ]
    )
    func unusableStore(damage: Damage) async throws {
        try await House.with(issuer: .quick()) { house, _ in
            try await house.start()
            try await house.logIn()
            try await house.stop()
            try #require(damage.apply(house.stateDirectory) == 0)
            let before = try house.stateFiles()
            let outcome = try await house.startInVain()
            #expect(outcome.status == 78, "\(outcome)")
            #expect(outcome.errors.contains(damage.mentions), "\(outcome)")
            #expect(outcome.errors.contains(house.stateDirectory))
            #expect(try house.stateFiles() == before)
        }
    }
}

/// Replaces what a file begins with.
///
/// - Returns: 0 when that worked.
private func overwrite(_ path: String, _ text: String) -> Int32 {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return -1 }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    return pwrite(descriptor, bytes, bytes.count, 0) == bytes.count ? 0 : -1
}
