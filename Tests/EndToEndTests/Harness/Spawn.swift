import CLinux
import Glibc

/// Starts a program with these three descriptors and no other, and with these variables and no other.
///
/// - Returns: the number of the process, which the caller has to collect.
func spawn(
    _ path: String,
    _ arguments: [String],
    environment: [String: String],
    input: Int32,
    output: Int32,
    errors: Int32
) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (ours, theirs) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (errors, STDERR_FILENO)] {
        posix_spawn_file_actions_adddup2(&actions, ours, theirs)
    }
    clinux_close_from(&actions, STDERR_FILENO + 1)
    // Swift's tasks run on threads that block signals, and a child would begin with them blocked.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let words = ([path] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var pid = pid_t()
    let error = posix_spawn(&pid, path, &actions, &attributes, words, variables)
    guard error == 0 else { throw SystemFailure("cannot start \(path)", error) }
    return pid
}

/// The ends of a pipe, which children do not inherit by themselves. Each is closed once, by `close` or by who takes it.
struct Pipe {
    var reader: Int32
    var writer: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw SystemFailure("cannot make a pipe") }
        (reader, writer) = (ends[0], ends[1])
    }

    /// Writes a text, which must be shorter than what a pipe takes, and lets it end there.
    mutating func fill(with text: String) throws {
        let bytes = Array(text.utf8)
        guard write(writer, bytes, bytes.count) == bytes.count else { throw SystemFailure("cannot fill a pipe") }
        closeWriter()
    }

    mutating func closeReader() { close(&reader) }
    mutating func closeWriter() { close(&writer) }

    private func close(_ end: inout Int32) {
        if end >= 0 { Glibc.close(end) }
        end = -1
    }
}

/// A failed system call.
struct SystemFailure: Error, CustomStringConvertible {
    let description: String

    init(_ what: String, _ error: Int32 = errno) { description = "\(what): \(String(cString: strerror(error)))" }
}
