import Glibc

/// The sockets that systemd holds open for us, by the names that their units give them (`sd_listen_fds(3)`).
package struct PassedSockets: Sendable {
    /// Descriptors by `FileDescriptorName`. A name that is used twice keeps its first.
    package let descriptors: [String: Int32]

    /// Takes what the environment says, if it is meant for this process (`LISTEN_PID`), and closes the descriptors to
    /// children.
    ///
    /// - Parameters:
    ///   - environment: the process's variables.
    ///   - first: the first descriptor that is passed; the others follow it.
    package init(environment: [String: String], first: Int32 = 3) {
        guard let pid = environment["LISTEN_PID"].flatMap({ Int32($0) }), pid == getpid(),
            let count = environment["LISTEN_FDS"].flatMap({ Int32($0) }), count > 0
        else {
            descriptors = [:]
            return
        }
        let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        var descriptors: [String: Int32] = [:]
        for offset in 0..<count {
            // Fewer than announced are no more than these.
            let descriptor = first + offset
            guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { break }
            // A socket without a name of its own is the API's when it is the only one.
            var name = Int(offset) < names.count ? String(names[Int(offset)]) : ""
            if count == 1, name.isEmpty || name == "unknown" || name.hasSuffix(".socket") { name = "api" }
            if descriptors[name] == nil { descriptors[name] = descriptor }
        }
        self.descriptors = descriptors
    }

    /// Takes the variables away that were meant for us alone, so that no child believes they are for it.
    package static func forgetEnvironment() {
        for name in [
            "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
        ] {
            unsetenv(name)
        }
    }
}
