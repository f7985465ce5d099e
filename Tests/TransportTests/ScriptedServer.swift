import Glibc
import Synchronization
import Transport

/// A TCP server on 127.0.0.1 that does with each connection what a script says, byte by byte: the faults that a proper
/// server would not commit.
final class ScriptedServer: Sendable {
    /// What happens next on a connection. After the last step it is closed.
    enum Step: Sendable {
        /// Reads one whole request and notes it.
        case read
        case write(String)
        case bytes([UInt8])
        /// Writes what is made of the request that was read last.
        case reply(@Sendable (Received) -> String)
        /// Writes the text again and again until the client has gone.
        case pour(String)
        /// Waits until the client has gone.
        case hang
        /// Ends the connection with a reset instead of a close.
        case reset
    }

    /// A request as it arrived.
    struct Received: Sendable {
        /// Counts from 0.
        var connection: Int
        /// The request line and the header fields, without the empty line.
        var head: String
        var body: [UInt8]

        var path: String { head.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
    }

    let port: UInt16
    private let log = Log()
    private let listener: Int32

    /// Starts to listen. The script is asked once for each connection, with its number.
    init(_ script: @escaping @Sendable (Int) -> [Step]) throws {
        (listener, port) = try boundSocket()
        guard listen(listener, 512) == 0 else { throw SystemFailure(errno) }
        let error = startThread { [listener, log] in
            var number = 0
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                let steps = script(number)
                let served = ScriptedConnection(descriptor: connection, number: number, log: log)
                log.connected()
                guard startThread({ served.run(steps) }) == 0 else { break }
                number += 1
            }
            close(listener)
        }
        guard error == 0 else { throw SystemFailure(error) }
    }

    /// The same script for every connection.
    convenience init(_ steps: Step...) throws {
        try self.init { _ in steps }
    }

    deinit { Glibc.shutdown(listener, Int32(SHUT_RDWR)) }

    /// How many connections have been accepted.
    var connections: Int { log.state.withLock { $0.connections } }
    /// What has been read so far.
    var requests: [Received] { log.state.withLock { $0.requests } }
    /// How many bytes have been written to all clients.
    var written: Int { log.state.withLock { $0.written } }

    /// Waits until so many requests have been read.
    func received(_ count: Int) async { await log.reached { $0.requests.count >= count } }

    /// Waits until so many connections have been accepted.
    func accepted(_ count: Int) async { await log.reached { $0.connections >= count } }

    /// Waits until so many connections are over.
    func closed(_ count: Int) async { await log.reached { $0.closed >= count } }
}

/// What a server has seen, and who waits for it to see more.
final class Log: Sendable {
    struct State {
        var connections = 0
        var closed = 0
        var written = 0
        var requests: [ScriptedServer.Received] = []
        var waiters: [(condition: @Sendable (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    let state = Mutex(State())

    func connected() { update { $0.connections += 1 } }

    func update(_ change: (inout State) -> Void) {
        let resumed = state.withLock { state in
            change(&state)
            let done = state.waiters.filter { $0.condition(state) }
            let kept = state.waiters.filter { !$0.condition(state) }
            state.waiters = kept
            return done.map(\.continuation)
        }
        for continuation in resumed { continuation.resume() }
    }

    func reached(_ condition: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            update { $0.waiters.append((condition, continuation)) }
        }
    }
}

/// One accepted connection and what has been read from it ahead.
private struct ScriptedConnection: Sendable {
    let descriptor: Int32
    let number: Int
    let log: Log

    func run(_ steps: [ScriptedServer.Step]) {
        var ahead: [UInt8] = []
        var last: ScriptedServer.Received?
        for step in steps {
            switch step {
            case .read:
                guard let request = readRequest(&ahead) else { return finish() }
                last = request
                log.update { $0.requests.append(request) }
            case .write(let text): write(Array(text.utf8))
            case .bytes(let bytes): write(bytes)
            case .reply(let reply): write(Array((last.map(reply) ?? "").utf8))
            case .pour(let text):
                let bytes = Array(text.utf8)
                while write(bytes) {}
            case .hang: while readSome(&ahead) {}
            case .reset:
                var option = linger(l_onoff: 1, l_linger: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            }
        }
        finish()
    }

    private func finish() {
        close(descriptor)
        log.update { $0.closed += 1 }
    }

    private func readRequest(_ ahead: inout [UInt8]) -> ScriptedServer.Received? {
        let separator = Array("\r\n\r\n".utf8)
        var end = ahead.firstRange(of: separator)
        while end == nil {
            guard readSome(&ahead) else { return nil }
            end = ahead.firstRange(of: separator)
        }
        guard let end else { return nil }
        let head = String(decoding: ahead[..<end.lowerBound], as: UTF8.self)
        let length =
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.drop { !$0.isNumber }) } ?? 0
        ahead.removeFirst(end.upperBound)
        while ahead.count < length {
            guard readSome(&ahead) else { return nil }
        }
        let body = Array(ahead.prefix(length))
        ahead.removeFirst(length)
        return ScriptedServer.Received(connection: number, head: head, body: body)
    }

    private func readSome(_ ahead: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 16 * 1024)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { return false }
        ahead += piece.prefix(count)
        return true
    }

    @discardableResult
    private func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest.removeFirst(count)
            log.update { $0.written += count }
        }
        return true
    }
}

/// A failed system call.
struct SystemFailure: Error, CustomStringConvertible {
    let description: String

    init(_ error: Int32) { description = String(cString: strerror(error)) }
}

/// A TCP socket on a free port of 127.0.0.1. Until it listens, connections to that port are refused.
func boundSocket() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SystemFailure(errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let done = withUnsafeMutablePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
        }
    }
    guard done else { throw SystemFailure(errno) }
    return (descriptor, UInt16(bigEndian: address.sin_port))
}
