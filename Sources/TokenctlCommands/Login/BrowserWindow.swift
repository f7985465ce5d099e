import FoundationEssentials
import Glibc

/// Opens an address where the person looks already. The daemon never does: it may run without a display.
package enum BrowserWindow {
    /// Opens it if there is a display and a person at the terminal; if not, or if it does not work, the address has
    /// been shown anyway.
    static func open(_ address: String?) {
        guard let address, isWebAddress(address), hasDisplay, isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1
        else { return }
        spawn(["xdg-open", address])
    }

    /// Only what a browser shows: an issuer must not make us open a file, or pass an option to a program.
    package static func isWebAddress(_ address: String) -> Bool {
        address.hasPrefix("https://") || address.hasPrefix("http://")
    }

    private static var hasDisplay: Bool {
        ["WAYLAND_DISPLAY", "DISPLAY"].contains { (name: String) in getenv(name).map { $0.pointee != 0 } ?? false }
    }

    /// Starts a program in a process group of its own, so that Ctrl-C here does not reach it, with nothing to read or
    /// to say. Nobody waits for it: it outlives us.
    private static func spawn(_ words: [String]) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { return }
        defer { posix_spawn_file_actions_destroy(&actions) }
        guard posix_spawnattr_init(&attributes) == 0 else { return }
        defer { posix_spawnattr_destroy(&attributes) }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            guard posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) == 0 else { return }
        }
        guard posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP)) == 0 else { return }

        let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        _ = posix_spawnp(nil, words[0], &actions, &attributes, &arguments, &variables)
    }
}
