/// Where the daemon's files are. This is the one place that gives meaning to environment variables; it is handed them, so
/// that it can be tried with any.
///
/// The clients' rule for the socket, with `TOKEND_SOCKET`, is `TokenClient`'s: `tokenctl` links nothing from here.
package struct Paths: Sendable, Hashable {
    /// The configuration file, which need not exist.
    package var configuration: String
    /// Holds the store, its key and its lock.
    package var stateDirectory: String
    /// Holds the sockets.
    package var runtimeDirectory: String
    /// What `~` stands for; `nil` where the environment does not say.
    package var home: String?

    /// The socket of the HTTP API.
    package var socket: String { runtimeDirectory + "/tokend.sock" }

    /// What the command line says in place of the environment.
    package struct Overrides: Sendable, Hashable {
        package var configuration: String?
        package var stateDirectory: String?
        package var runtimeDirectory: String?

        package init(configuration: String? = nil, stateDirectory: String? = nil, runtimeDirectory: String? = nil) {
            self.configuration = configuration
            self.stateDirectory = stateDirectory
            self.runtimeDirectory = runtimeDirectory
        }
    }

    /// How many bytes the path of a Unix socket may have: `sun_path` has 108, the last of them NUL (unix(7)).
    package static let longestSocketPath = 107

    /// Applies the rules: an option, else the variable of our own, else the XDG directory, else its default in the home
    /// directory. A variable that is empty counts as absent, and so does a relative XDG directory (XDG Base Directory
    /// Specification). There is no default for the runtime directory: in `/tmp` another user could have been first.
    ///
    /// - Throws: what is missing, and what mends it.
    package init(environment: [String: String], overrides: Overrides = Overrides()) throws(PathsError) {
        let places = Places(environment)
        home = places.home
        configuration = try Self.configuration(places, overrides)
        if let path = overrides.stateDirectory ?? places.variables["TOKEND_STATE_DIR"] {
            stateDirectory = Places.withoutLastSlash(path)
        } else {
            stateDirectory =
                try places.standard("XDG_STATE_HOME", "/.local/state", or: "TOKEND_STATE_DIR, or give --state-dir")
                + "/tokend"
        }
        if let path = overrides.runtimeDirectory ?? places.variables["TOKEND_RUNTIME_DIR"] {
            runtimeDirectory = Places.withoutLastSlash(path)
        } else if let directory = places.directories["XDG_RUNTIME_DIR"] {
            runtimeDirectory = directory + "/tokend"
        } else {
            throw PathsError(
                "XDG_RUNTIME_DIR is not set, so there is no safe place for the socket; a login session sets it, or set"
                    + " TOKEND_RUNTIME_DIR, or give --runtime-dir"
            )
        }
        guard socket.utf8.count <= Self.longestSocketPath else {
            throw PathsError(
                "the socket's path has \(socket.utf8.count) bytes and may have \(Self.longestSocketPath): \(socket); set"
                    + " TOKEND_RUNTIME_DIR to a shorter one, or give --runtime-dir"
            )
        }
    }

    /// The configuration file and what `~` stands for in it: all that a look at the file needs.
    ///
    /// - Throws: what is missing, and what mends it.
    package static func configuration(
        environment: [String: String],
        overrides: Overrides
    ) throws(PathsError) -> (file: String, home: String?) {
        let places = Places(environment)
        return (try configuration(places, overrides), places.home)
    }

    private static func configuration(_ places: Places, _ overrides: Overrides) throws(PathsError) -> String {
        if let path = overrides.configuration ?? places.variables["TOKEND_CONFIG"] { return path }
        return try places.standard("XDG_CONFIG_HOME", "/.config", or: "TOKEND_CONFIG, or give --config")
            + "/tokend/config.toml"
    }
}

/// What the environment says about places.
private struct Places {
    /// Those that are not empty.
    let variables: [String: String]
    /// Of them, those that name a directory.
    let directories: [String: String]

    init(_ environment: [String: String]) {
        variables = environment.filter { !$0.value.isEmpty }
        directories = variables.filter { $0.value.hasPrefix("/") }.mapValues(Self.withoutLastSlash)
    }

    var home: String? { directories["HOME"] }

    /// An XDG directory, or its default in the home directory.
    func standard(_ name: String, _ fallback: String, or remedy: String) throws(PathsError) -> String {
        if let directory = directories[name] { return directory }
        if let home { return home + fallback }
        throw PathsError("neither HOME nor \(name) is set; set one of them, or \(remedy)")
    }

    static func withoutLastSlash(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}

/// Why it cannot be told where the files are. The program says so and exits with 78.
package struct PathsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is missing, and what mends it.
    package let description: String

    init(_ description: String) { self.description = description }
}
