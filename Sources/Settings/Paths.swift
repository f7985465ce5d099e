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
        let variables = environment.filter { !$0.value.isEmpty }
        let directories = variables.filter { $0.value.hasPrefix("/") }.mapValues(Self.withoutLastSlash)
        home = directories["HOME"]

        func standard(_ name: String, _ fallback: String, option: String, variable: String) throws(PathsError) -> String
        {
            if let directory = directories[name] { return directory }
            if let home = directories["HOME"] { return home + fallback }
            throw PathsError("neither HOME nor \(name) is set; set one of them, or \(variable), or give \(option)")
        }

        if let path = overrides.configuration ?? variables["TOKEND_CONFIG"] {
            configuration = path
        } else {
            configuration =
                try standard("XDG_CONFIG_HOME", "/.config", option: "--config", variable: "TOKEND_CONFIG")
                + "/tokend/config.toml"
        }
        if let path = overrides.stateDirectory ?? variables["TOKEND_STATE_DIR"] {
            stateDirectory = Self.withoutLastSlash(path)
        } else {
            stateDirectory =
                try standard("XDG_STATE_HOME", "/.local/state", option: "--state-dir", variable: "TOKEND_STATE_DIR")
                + "/tokend"
        }
        if let path = overrides.runtimeDirectory ?? variables["TOKEND_RUNTIME_DIR"] {
            runtimeDirectory = Self.withoutLastSlash(path)
        } else if let directory = directories["XDG_RUNTIME_DIR"] {
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

    private static func withoutLastSlash(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}

/// Why it cannot be told where the files are. The program says so and exits with 78.
package struct PathsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is missing, and what mends it.
    package let description: String

    init(_ description: String) { self.description = description }
}
