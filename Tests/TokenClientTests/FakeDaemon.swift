import Glibc
import Synchronization

/// A listener at a Unix socket of its own that answers each connection with the next of its scripts.
///
/// It runs on a thread: the client under test blocks, and the threads of Swift's own pool are few.
final class FakeDaemon: Sendable {
    /// What is done with one connection, once the request has been read.
    struct Script: Sendable {
        /// Sent one by one, each when the client has taken the one before.
        var portions: [[UInt8]]
        /// Whether the connection stays open after that, until the client closes it.
        var staysOpen = false

        init(_ portions: String..., staysOpen: Bool = false) {
            self.portions = portions.map { Array($0.utf8) }
            self.staysOpen = staysOpen
        }

        /// A whole reply.
        static func reply(_ body: String, status: String = "200 OK", type: String = "application/json") -> Script {
            Script("HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
    }

    /// The directory that holds the socket, private to this test.
    let directory: String
    private let listener: Int32
    private let seen = Mutex<[String]>([])

    init(_ scripts: Script...) {
        var template = Array("/tmp/tokend-test-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no private directory")
        directory = template.withUnsafeBufferPointer { String(decoding: $0.dropLast().map(UInt8.init), as: UTF8.self) }
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(directory)/tokend.sock".utf8) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(isBound == 0 && listen(listener, 16) == 0, "no listener")
        onThread { [self] in
            for script in scripts { serve(script) }
            close(listener)
        }
    }

    deinit {
        unlink(path)
        rmdir(directory)
    }

    var path: String { directory + "/tokend.sock" }

    /// The requests that have been read, head and body.
    var requests: [String] { seen.withLock { $0 } }

    private func serve(_ script: Script) {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        defer { close(connection) }
        guard let request = Self.request(from: connection) else { return }
        seen.withLock { $0.append(request) }
        for portion in script.portions {
            guard send(connection, portion, portion.count, Int32(MSG_NOSIGNAL)) == portion.count,
                Self.isTaken(from: connection)
            else { return }
        }
        guard script.staysOpen else { return }
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) > 0 {}
    }

    /// Waits until the other side has read everything; `false` when it does not for ten seconds.
    private static func isTaken(from connection: Int32) -> Bool {
        for _ in 0..<10_000 {
            var unread: Int32 = 0
            guard ioctl(connection, UInt(TIOCOUTQ), &unread) == 0 else { return false }
            if unread == 0 { return true }
            usleep(1000)
        }
        return false
    }

    private static func request(from connection: Int32) -> String? {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: buffer[..<count], as: UTF8.self)
            guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
            let length = text.firstMatch(of: /Content-Length: (\d+)/).flatMap { Int($0.1) } ?? 0
            if text[end.upperBound...].utf8.count >= length { return text }
        }
    }
}

/// Runs something on a thread of its own that nobody waits for.
private func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body)).toOpaque()
    let result = pthread_create(
        &thread,
        nil,
        { work in
            if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
            return nil
        },
        work
    )
    precondition(result == 0, "no thread")
    pthread_detach(thread)
}
