import Dispatch
import Glibc
import Synchronization

/// Answers one request a connection with what it was told, in that order, and then listens no more.
final class OneShotServer: Sendable {
    let port: UInt16
    private let log = Mutex<[String]>([])

    /// The head of each request so far.
    var requests: [String] { log.withLock { $0 } }

    /// An HTTP answer.
    static func answer(_ status: String, _ body: String, _ field: String = "X-Nothing: 0") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n\(field)\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n\(body)"
    }

    struct NoSocket: Error {}

    init(_ answers: [String]) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> UInt16? in
                guard bind(listener, address, size) == 0, listen(listener, 16) == 0,
                    getsockname(listener, address, &size) == 0
                else { return nil }
                return 0
            }
        }
        guard listener >= 0, port != nil else { throw NoSocket() }
        self.port = UInt16(bigEndian: address.sin_port)
        // On a thread of its own: it blocks until somebody connects.
        DispatchQueue(label: "one-shot-server").async { [self] in
            for answer in answers {
                let connection = accept(listener, nil, nil)
                log.withLock { $0.append(Self.head(from: connection)) }
                var rest = Array(answer.utf8)[...]
                while !rest.isEmpty {
                    let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                    guard count > 0 else { break }
                    rest = rest.dropFirst(count)
                }
                close(connection)
            }
            close(listener)
        }
    }

    private static func head(from connection: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !bytes.ends(with: "\r\n\r\n".utf8) {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate func ends(with other: some Collection<UInt8>) -> Bool { suffix(other.count).elementsEqual(other) }
}
