import Dispatch
import FoundationEssentials
import Glibc
import SandboxIssuer
import Testing

/// A TCP connection that shows every byte and how it ended, which HTTP clients hide.
struct RawConnection: ~Copyable {
    /// What ended the stream of bytes.
    enum End: Equatable {
        case closed
        case reset
        /// The guard against hanging struck, or the call failed otherwise.
        case failed(errno: Int32)
    }

    private let descriptor: Int32

    /// Connects to a port of 127.0.0.1. Reading gives up after 30 s of silence.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        try #require(setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size) == 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
    }

    deinit { close(descriptor) }

    /// Sends all of it.
    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            try #require(count > 0)
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a form as HTTP.
    func post(_ path: String, _ form: KeyValuePairs<String, String>, keepAlive: Bool = false) throws {
        let body = Form(form).encoded
        try send(
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\(keepAlive ? "" : "Connection: close\r\n")\r\n\(body)"
        )
    }

    /// Reads until the other side ends, or until so many bytes are there.
    func read(upTo limit: Int = .max) async -> (bytes: [UInt8], end: End?) {
        let descriptor = descriptor
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while bytes.count < limit {
                    let count = recv(descriptor, &buffer, min(buffer.count, limit - bytes.count), 0)
                    if count > 0 {
                        bytes += buffer.prefix(count)
                    } else if count == 0 {
                        return continuation.resume(returning: (bytes, .closed))
                    } else if errno != EINTR {
                        return continuation.resume(
                            returning: (bytes, errno == ECONNRESET ? .reset : .failed(errno: errno))
                        )
                    }
                }
                continuation.resume(returning: (bytes, nil))
            }
        }
    }

    /// Reads until the other side ends.
    ///
    /// - Returns: The status, the promised length, and the body as far as it came; zeros where nothing came.
    func answer() async -> Answer {
        let (bytes, end) = await read()
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return Answer(status: 0, length: 0, body: text, end: end) }
        let lines = parts[0].split(separator: "\r\n")
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }?.split(separator: " ").last
        return Answer(
            status: lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0,
            length: length.flatMap { Int($0) } ?? 0,
            body: String(parts[1]),
            end: end
        )
    }

    struct Answer: Equatable {
        var status: Int
        var length: Int
        var body: String
        var end: End?
    }
}
