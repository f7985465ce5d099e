import Foundation
import Glibc

/// The service manager's end of `sd_notify(3)`: a datagram socket, and what came in on it.
final class NotifySocket: Sendable {
    let path: String
    private let descriptor: Int32
    private let received: Watched<[String]>

    init(path: String) throws {
        self.path = path
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemFailure("cannot make a socket") }
        guard UnixAddress.bind(descriptor, to: path) else {
            defer { close(descriptor) }
            throw SystemFailure("cannot bind \(path)")
        }
        self.descriptor = descriptor
        let received = Watched<[String]>([])
        self.received = received
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                received.change { $0.append(String(decoding: buffer[..<count], as: UTF8.self)) }
            }
            close(descriptor)
        }
    }

    /// Ends the thread that reads, which closes the socket.
    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Every datagram so far, the oldest first.
    var messages: [String] { received.value }

    /// Waits until a datagram after the first `count` ones has this line.
    func until(_ line: String, after count: Int = 0) async throws {
        try await received.until { messages in
            messages.dropFirst(count).contains { $0.split(separator: "\n").contains(Substring(line)) }
        }
    }
}

/// Addresses of Unix sockets.
enum UnixAddress {
    /// Gives a socket a path.
    ///
    /// - Returns: whether that worked; else `errno` says why.
    static func bind(_ descriptor: Int32, to path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return false
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
