import Foundation
import LocalAPI
import SandboxIssuer
import Testing

@Suite("Configuration and status", .timeLimit(.minutes(2)))
struct ConfigurationTests {
    @Test("SIGHUP takes up a new account; a bad file keeps the old settings and says so until it is mended")
    func reload() async throws {
        try await SandboxIssuer.running(.quick()) { second in
            try await House.with(issuer: .quick()) { house, first in
                try await house.start()
                try await house.logIn()
                let token = try await house.output("token", "example")
                try house.configure(first.account() + second.account("other"))
                try await house.reload()
                try await house.logIn("other")
                #expect(try await house.output("account", "list").contains(second.issuerURL))
                #expect([first, second].map { $0.count(of: .token) } == [1, 1], "each account has its own issuer")

                try house.configure("[account.example\n")
                try await house.reload()
                let status = try await status(of: house)
                let complaint = try #require(status.daemon.configurationError)
                #expect(complaint.contains("\(house.configurationFile):1:"), "\(complaint)")
                #expect(status.accounts.map(\.name) == ["example", "other"])
                #expect(try await house.output("status").contains("the configuration is not in force"))
                #expect(try await house.output("token", "example") == token)

                try house.configure(second.account("other"))
                try await house.reload()
                let mended = try await self.status(of: house)
                #expect(mended.daemon.configurationError == nil)
                #expect(mended.accounts.map(\.name) == ["other"])
                #expect(try await house.tokenctl("token", "example").status == 66)

                try house.configure(first.account() + second.account("other"))
                try await house.reload()
                #expect(try await house.output("token", "example") == token, "what lay dormant is back")
            }
        }
    }

    @Test("tokenctl makes the daemon read its configuration again, and says what is wrong with it")
    func reloadByCommand() async throws {
        try await House.with { house in
            try await house.start()
            try house.configure("[account.new]\nissuer = \"https://login.example.com\"\nclient_id = \"abc\"\n")
            #expect(try await house.output("reload") == "")
            #expect(try await house.output("account", "list").contains("new"))
            try house.configure("[account.new\n")
            let refusal = try await house.tokenctl("reload")
            #expect(refusal.status == 78, "\(refusal)")
            #expect(refusal.errors.contains("\(house.configurationFile):1:"), "\(refusal)")
            #expect(try await house.output("account", "list").contains("new"))
        }
    }

    @Test("another client asks for a new login, and the old one is not served for it")
    func anotherClient() async throws {
        let clients: [Client] = [.public("tokend"), .public("another")]
        try await House.with(issuer: .quick { $0.clients = clients }) { house, issuer in
            try await house.start()
            try await house.logIn()
            try house.configure(issuer.account().replacing("client_id = \"tokend\"", with: "client_id = \"another\""))
            try await house.reload()
            #expect(try await house.tokenctl("token", "example").status == 77)
            try await house.restart()
            #expect(try await house.tokenctl("token", "example").status == 77, "this holds across restarts")
            #expect(issuer.refreshes == 0)
        }
    }

    @Test("status, accounts and events tell programs the same")
    func status() async throws {
        try await House.with(issuer: .quick()) { house, issuer in
            let daemon = try await house.start()
            let events = try house.events()
            let empty = try await status(of: house)
            #expect(empty.daemon.pid == Int(daemon.pid))
            #expect(empty.daemon.accounts == 1)
            #expect(empty.daemon.store == .healthy)
            #expect(empty.accounts.map(\.state) == [.loggedOut])
            try await house.logIn()
            try await events.until { $0.events(.state, of: "example").last?.data.state == "fresh" }
            let account = try await house.account()
            #expect(account.state == .fresh)
            #expect(account.issuer == issuer.issuerURL)
            #expect(account.refreshable)
            #expect(account.lastError == nil)
            #expect(try await status(of: house).accounts == [account])
            #expect(try await house.output("account", "show", "example").contains("state          fresh"))
            #expect(try await house.output("account", "list").contains("example"))
            let table = try await house.output("status")
            #expect(table.contains("example") && table.contains("fresh"))
            #expect(!table.contains("\u{1B}"), "colour is for terminals")

            _ = try await house.output("logout", "example")
            try await events.until { $0.events(.state, of: "example").last?.data.state == "logged_out" }
            let told = events.soFar.events(.state, of: "example").compactMap(\.data.state)
            #expect(told.first == "login_pending")
            #expect(events.soFar.events(.token, of: "example").count == 1)
            let lines = events.soFar.output.split(separator: "\n")
            let numbers = try lines.map { try JSONDecoder().decode(EventLine.self, from: Data($0.utf8)).id }
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "\(numbers)")
            let metrics = try await house.output("metrics")
            #expect(metrics.contains("tokend_renewals_total 1"))
            #expect(metrics.hasSuffix("# EOF"))
            try await house.stop()
            #expect(try await events.ended().status == 69, "the stream ends with the daemon")
        }
    }

    @Test("every program tells its name and version in one form", arguments: ["tokend", "tokenctl", "tokend-sandbox"])
    func version(program: String) async throws {
        let outcome = try await Program.run(Environment.product(program), ["--version"])
        #expect(outcome.output == "\(program) \(Release.version)\n", "\(outcome)")
    }

    @Test("commands that need no socket, or print JSON anyway, take the options that every command takes")
    func commonOptions() async throws {
        try await House.with { house in
            for shell in ["bash", "zsh", "fish"] {
                let script = try await house.output("completions", shell, "--socket", "/nonexistent")
                #expect(script.contains("tokenctl"))
            }
            let events = try await house.tokenctl("events", "--json")
            #expect(events.status == 69, "\(events)")
        }
    }

    @Test("the command line and the environment say where everything is, and how much is logged")
    func places() async throws {
        try await House.with { house in
            let places = "\(house.directory)/elsewhere"
            let configuration = try house.write(
                "[tokend]\nlog_level = \"error\"\n",
                to: "\(house.directory)/other.toml"
            )
            try await house.start([
                "--config", configuration, "--state-dir", "\(places)-state", "--runtime-dir", "\(places)-run",
                "--log-level", "debug",
            ])
            let socket = "\(places)-run/tokend.sock"
            #expect(try await house.tokenctl("status", "--socket", socket).output.contains(configuration))
            #expect(try await house.stop().errors.contains(" notice tokend "), "the command line wins over the file")
            let variables = [
                "TOKEND_CONFIG": configuration, "TOKEND_STATE_DIR": "\(places)-state",
                "TOKEND_RUNTIME_DIR": "\(places)-run",
            ]
            try await house.start(environment: variables)
            #expect(try await house.tokenctl("status", "--socket", socket).status == 0)
            #expect(try await house.stop().errors.isEmpty, "the file asks for errors only")
            #expect(access("\(places)-state/tokens.sqlite", F_OK) == 0)
            #expect(access(house.stateDirectory, F_OK) != 0)
        }
    }

    @Test("under systemd the log carries the journal's priorities, and the service manager is told how things stand")
    func serviceManager() async throws {
        try await House.with(issuer: .quick()) { house, _ in
            try await house.start(environment: ["JOURNAL_STREAM": "8:1"])
            try await house.logIn()
            let end = try await house.stop()
            let lines = end.errors.split(separator: "\n")
            #expect(!lines.isEmpty)
            #expect(lines.allSatisfy { $0.hasPrefix("<") })
            #expect(lines.contains { $0.hasPrefix("<5>tokend ") })
            #expect(
                house.notifications.contains { $0.contains("STATUS=1 account: 1 fresh") },
                "\(house.notifications)"
            )
            #expect(house.notifications.last?.contains("STOPPING=1") == true)
        }
    }

    /// What `tokenctl status --json` prints.
    struct Report: Decodable {
        var daemon: DaemonStatus
        var accounts: [AccountStatus]
    }

    private func status(of house: House) async throws -> Report {
        try JSONDecoder().decode(Report.self, from: Data(await house.output("status", "--json").utf8))
    }
}
