import Glibc

/// Where the daemon's socket is looked for, and how that place was found.
///
/// The rule is the contract's: `$TOKEND_SOCKET`, else `tokend.sock` in `$TOKEND_RUNTIME_DIR`, else in
/// `$XDG_RUNTIME_DIR/tokend`. There is no fallback into `/tmp`, where another user could have put a socket first.
package struct SocketPath: Sendable, Hashable {
    package enum Origin: Sendable, Hashable {
        /// Given in so many words, by an option or by `$TOKEND_SOCKET`.
        case named
        /// `$TOKEND_RUNTIME_DIR`, which the daemon reads as well.
        case runtimeDirectory
        /// `$XDG_RUNTIME_DIR`, given here, where the systemd unit puts the socket.
        case userRuntimeDirectory(String)
    }

    package var path: String
    package var origin: Origin

    package init(named path: String) {
        self.path = path
        self.origin = .named
    }

    /// Applies the rule to an environment; a variable that is empty counts as absent, and so does a relative
    /// `$XDG_RUNTIME_DIR` (XDG Base Directory Specification). Throws `unusableSocketPath` where nothing is left.
    package init(environment: (String) -> String?) throws(TokenClientError) {
        func value(_ name: String) -> String? {
            guard let value = environment(name), !value.isEmpty else { return nil }
            return value
        }
        if let path = value("TOKEND_SOCKET") {
            self.path = path
            origin = .named
        } else if let directory = value("TOKEND_RUNTIME_DIR") {
            path = directory + "/tokend.sock"
            origin = .runtimeDirectory
        } else if let directory = value("XDG_RUNTIME_DIR"), directory.utf8.first == UInt8(ascii: "/") {
            path = directory + "/tokend/tokend.sock"
            origin = .userRuntimeDirectory(directory)
        } else {
            throw TokenClientError(
                .unusableSocketPath,
                "cannot tell where the daemon's socket is: XDG_RUNTIME_DIR is not set; set it, or name the socket"
                    + " with --socket or TOKEND_SOCKET"
            )
        }
    }

    /// Applies the rule to the environment of this process.
    package init() throws(TokenClientError) {
        try self.init { name in getenv(name).map { String(cString: $0) } }
    }

    /// The command that starts a daemon listening here, where one can be named.
    package var startCommand: String? {
        switch origin {
        case .named: nil
        case .runtimeDirectory: "tokend"
        case .userRuntimeDirectory(let directory):
            access(directory + "/systemd", F_OK) == 0 ? "systemctl --user start tokend.socket" : "tokend"
        }
    }
}
