import Settings
import Testing

@Suite("Paths")
struct PathsTests {
    private static let login = ["HOME": "/home/ada", "XDG_RUNTIME_DIR": "/run/user/1000"]

    @Test("A login session needs nothing set")
    func defaults() throws {
        let paths = try Paths(environment: Self.login)
        #expect(paths.configuration == "/home/ada/.config/tokend/config.toml")
        #expect(paths.stateDirectory == "/home/ada/.local/state/tokend")
        #expect(paths.runtimeDirectory == "/run/user/1000/tokend")
        #expect(paths.socket == "/run/user/1000/tokend/tokend.sock")
        #expect(paths.home == "/home/ada")
    }

    @Test(
        "An option comes before the variable of our own, which comes before the XDG directory",
        arguments: [
            (
                ["XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s/", "XDG_RUNTIME_DIR": "/r"], Paths.Overrides(),
                ["/c/tokend/config.toml", "/s/tokend", "/r/tokend"]
            ),
            (
                ["TOKEND_CONFIG": "/c.toml", "TOKEND_STATE_DIR": "/s/", "TOKEND_RUNTIME_DIR": "/r"], Paths.Overrides(),
                ["/c.toml", "/s", "/r"]
            ),
            (
                ["TOKEND_CONFIG": "c.toml", "TOKEND_STATE_DIR": "s", "TOKEND_RUNTIME_DIR": "r"], Paths.Overrides(),
                ["c.toml", "s", "r"]
            ),
            (
                ["TOKEND_CONFIG": "/c.toml", "TOKEND_STATE_DIR": "/s", "TOKEND_RUNTIME_DIR": "/r"],
                Paths.Overrides(configuration: "/o.toml", stateDirectory: "/p", runtimeDirectory: "/q/"),
                ["/o.toml", "/p", "/q"]
            ),
        ]
    )
    func precedence(_ variables: [String: String], _ overrides: Paths.Overrides, _ expected: [String]) throws {
        let environment = Self.login.merging(variables) { $1 }
        let paths = try Paths(environment: environment, overrides: overrides)
        #expect([paths.configuration, paths.stateDirectory, paths.runtimeDirectory] == expected)
    }

    @Test("A relative XDG directory and an empty variable count as absent", arguments: ["", "relative"])
    func ignored(_ value: String) throws {
        let xdg = ["XDG_CONFIG_HOME": value, "XDG_STATE_HOME": value]
        let own = ["TOKEND_CONFIG": "", "TOKEND_STATE_DIR": "", "TOKEND_RUNTIME_DIR": ""]
        let environment = Self.login.merging(xdg) { $1 }.merging(own) { $1 }
        #expect(try Paths(environment: environment) == Paths(environment: Self.login))
    }

    @Test("Without a runtime directory there is no fallback", arguments: [nil, "", "run/user/1000"])
    func noRuntimeDirectory(_ value: String?) {
        var environment = ["HOME": "/home/ada"]
        environment["XDG_RUNTIME_DIR"] = value
        let error = #expect(throws: PathsError.self) { try Paths(environment: environment) }
        #expect(
            error?.description
                == "XDG_RUNTIME_DIR is not set, so there is no safe place for the socket; a login session sets it,"
                + " or set TOKEND_RUNTIME_DIR, or give --runtime-dir"
        )
    }

    @Test("The configuration is found without a place for the socket, by the same rule")
    func configurationAlone() throws {
        for variables in [["HOME": "/home/ada"], ["HOME": "/home/ada", "TOKEND_CONFIG": "/c.toml"]] {
            for overrides in [Paths.Overrides(), Paths.Overrides(configuration: "/o.toml")] {
                let (file, home) = try Paths.configuration(environment: variables, overrides: overrides)
                let paths = try Paths(environment: variables.merging(Self.login) { $1 }, overrides: overrides)
                #expect(file == paths.configuration)
                #expect(home == "/home/ada")
            }
        }
        let error = #expect(throws: PathsError.self) { try Paths.configuration(environment: [:], overrides: .init()) }
        #expect(error?.description.hasSuffix("or TOKEND_CONFIG, or give --config") == true)
    }

    @Test("Where everything is given, neither HOME nor an XDG directory is needed")
    func withoutHome() throws {
        let overrides = Paths.Overrides(configuration: "/c.toml", stateDirectory: "/s", runtimeDirectory: "/r")
        #expect(try Paths(environment: [:], overrides: overrides).home == nil)
    }

    @Test("Without HOME the message names what may be set instead")
    func noHome() {
        let error = #expect(throws: PathsError.self) { try Paths(environment: ["TOKEND_CONFIG": "/c", "HOME": "ada"]) }
        #expect(
            error?.description
                == "neither HOME nor XDG_STATE_HOME is set; set one of them, or TOKEND_STATE_DIR, or give --state-dir"
        )
    }

    @Test("A socket's path may have 107 bytes")
    func longSocketPath() throws {
        let longest = "/" + String(repeating: "é", count: 47)
        #expect(
            try Paths(environment: Self.login, overrides: .init(runtimeDirectory: longest)).socket.utf8.count
                == 107
        )
        let error = #expect(throws: PathsError.self) {
            try Paths(environment: Self.login, overrides: .init(runtimeDirectory: longest + "x"))
        }
        #expect(error?.description.hasPrefix("the socket's path has 108 bytes and may have 107: /é") == true)
    }
}
