import FoundationEssentials
import Glibc

/// Opens an address where the person looks already. The daemon never does: it may run without a display.
package enum BrowserWindow {
    /// Opens it if there is a person at the terminal and a program to open it with; if not, or if it does not work, the
    /// address has been shown anyway.
    static func open(_ address: String?) {
        guard let address, isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1,
            let words = command(for: address, environment: { name in getenv(name).map { String(cString: $0) } })
        else { return }
        spawn(words)
    }

    /// The command that opens an address: the first of `$BROWSER`, or `xdg-open` where there is a display; `nil` where
    /// there is neither, and for what is no web address.
    ///
    /// `$BROWSER` has commands with colons between them, with `%s` where the address goes if not at the end. No shell
    /// reads it, nor the address.
    package static func command(for address: String, environment: (String) -> String?) -> [String]? {
        guard isWebAddress(address) else { return nil }
        let browser = environment("BROWSER")?.split(separator: ":").first ?? ""
        let words = browser.split(separator: " ").map(String.init)
        if words.contains(where: { $0.contains("%s") }) { return words.map { $0.replacing("%s", with: address) } }
        if !words.isEmpty { return words + [address] }
        let hasDisplay = ["WAYLAND_DISPLAY", "DISPLAY"].contains { environment($0)?.isEmpty == false }
        return hasDisplay ? ["xdg-open", address] : nil
    }

    /// Only what a browser shows: an issuer must not make us open a file, or pass an option to a program.
    package static func isWebAddress(_ address: String) -> Bool {
        address.hasPrefix("https://") || address.hasPrefix("http://")
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
