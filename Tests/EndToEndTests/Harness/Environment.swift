import Foundation
import Glibc

/// What programs are started with.
enum Environment {
    /// The search path, and what sanitizers and the dynamic linker were told for the tests themselves.
    static let minimal: [String: String] = {
        let passed = ["PATH", "LD_LIBRARY_PATH", "TSAN_OPTIONS", "ASAN_OPTIONS", "LSAN_OPTIONS"]
        return ProcessInfo.processInfo.environment.filter { passed.contains($0.key) }
    }()

    /// The path of a program that is installed; `nil` where it is not.
    static func installed(_ name: String) -> String? {
        let folders = (minimal["PATH"] ?? "").split(separator: ":") + ["/usr/bin", "/usr/sbin"]
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// The path of one of our own programs: they are built into the folder of the tests.
    static func product(_ name: String) throws -> String {
        var folders: [String] = []
        if let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            folders.append(executable)
        }
        // Where another program loads the tests, it is told which bundle.
        let arguments = CommandLine.arguments
        if let option = arguments.firstIndex(of: "--test-bundle-path"), option + 1 < arguments.count {
            folders.append(arguments[option + 1])
        }
        let candidates = folders.map { URL(filePath: $0).deletingLastPathComponent().path + "/" + name }
        guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
            throw SystemFailure("cannot find \(name) at \(candidates)", ENOENT)
        }
        return path
    }
}
