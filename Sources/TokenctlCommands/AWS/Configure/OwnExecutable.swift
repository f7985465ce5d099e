import Glibc

/// Where this program is, for others to call it.
package enum OwnExecutable {
    /// An absolute path that will still be good after an update: the one in `PATH` that leads here, for the file itself
    /// may stand in a place that has its version's name. Throws where the kernel does not tell.
    package static func path(searching searchPath: String?) throws(CommandFailure) -> String {
        guard let own = realPath("/proc/self/exe") else {
            throw CommandFailure(.configuration, "cannot tell where tokenctl is: \(String(cString: strerror(errno)))")
        }
        let directories = (searchPath ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        return directories.map { "\($0)/tokenctl" }.first { realPath($0) == own } ?? own
    }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
