import Glibc
import NIOPosix

/// A client of a Unix socket that blocks, as most clients do. Use it inside of `onThread`.
///
/// It may be handed from thread to thread because a test awaits one use of it before it makes the next.
final class Client: @unchecked Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A reply taken apart.
    struct Reply: Hashable, Sendable {
        var status: Int
        /// Names in lower case.
        var fields: [String: String]
        var body: String
    }

    private let descriptor: CInt
    private var unread: [UInt8] = []

    /// Connects. Nothing it does takes longer than ten seconds, so that a fault cannot hang the tests.
    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "socket: errno \(errno)") }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Failure(description: "connect: errno \(errno)")
        }
    }

    deinit { close(descriptor) }

    /// Sends all of a text; how much the kernel took of it, if the other side closes meanwhile.
    @discardableResult
    func send(_ text: String) -> Int {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    /// Says that nothing more will be sent.
    func finishSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Sends a request and takes its reply.
    func exchange(_ request: String) throws -> Reply {
        send(request)
        return try reply()
    }

    /// Takes one reply.
    func reply(toHEAD: Bool = false) throws -> Reply {
        let head = try take(through: "\r\n\r\n")
        let lines = head.split(separator: "\r\n").map(String.init)
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw Failure(description: "not a status line: \(lines[0])")
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let length = toHEAD ? 0 : fields["content-length"].flatMap { Int($0) } ?? 0
        return Reply(status: status, fields: fields, body: String(decoding: try take(length), as: UTF8.self))
    }

    /// Takes what comes until a text has come.
    func take(through text: String) throws -> String {
        let end = Array(text.utf8)
        while true {
            if let range = unread.firstRange(of: end) {
                defer { unread.removeSubrange(..<range.upperBound) }
                return String(decoding: unread[..<range.upperBound], as: UTF8.self)
            }
            guard try receive() else {
                throw Failure(description: "closed after '\(String(decoding: unread, as: UTF8.self))'")
            }
        }
    }

    /// Takes what comes until the other side closes.
    func takeAll() throws -> String {
        while try receive() {}
        defer { unread = [] }
        return String(decoding: unread, as: UTF8.self)
    }

    /// Whether something has come, or the other side has closed, without waiting for it.
    var hasNews: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)) >= 0
    }

    /// Bytes that were sent and that the kernel still holds for the other side, with what it needs to hold them.
    var unreadBytes: Int {
        var count: CInt = 0
        return ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : -1
    }

    /// Waits until the other side has closed, and takes nothing.
    func waitForHangUp() throws {
        var news = pollfd(fd: descriptor, events: 0, revents: 0)
        guard poll(&news, 1, 10_000) == 1 else { throw Failure(description: "the other side does not close") }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while unread.count < count {
            guard try receive() else { throw Failure(description: "closed in the middle of a body") }
        }
        defer { unread.removeFirst(count) }
        return Array(unread.prefix(count))
    }

    /// Takes more bytes; `false` when the other side has closed.
    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0 && errno == ECONNRESET { return false }
        guard count >= 0 else { throw Failure(description: "recv: errno \(errno)") }
        unread += buffer[..<count]
        return count > 0
    }
}

/// Runs work that blocks on a thread made for that, so that the tests' own threads stay free for the daemon's side.
func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await threads.runIfActive(work)
}

private let threads: NIOThreadPool = {
    let pool = NIOThreadPool(numberOfThreads: 16)
    pool.start()
    return pool
}()
