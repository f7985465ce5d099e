import CLinux
package import Glibc

/// A connection to the daemon's Unix socket, closed when its owner lets go of it.
///
/// Plain blocking calls: a program that asks for one token has nothing else to do, and nothing is faster.
package struct SocketConnection: ~Copyable {
    /// For `poll` beside other descriptors.
    package let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Connects and makes sure that the listener runs under `owner`: whoever else got hold of the path must not learn a
    /// refresh token, nor plant a token of its own. Throws `unusableSocketPath`, `unreachable`, `foreignPeer` or
    /// `timedOut`.
    package static func connect(
        to path: String,
        owner: UInt32 = geteuid(),
        deadline: Deadline
    ) throws(TokenClientError) -> SocketConnection {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard !path.isEmpty, path.utf8.count <= room, !path.utf8.contains(0) else {
            throw TokenClientError(
                .unusableSocketPath,
                "the path of the socket must have 1 to \(room) bytes and no NUL: \(path)"
            )
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }

        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .failed("socket", errno, .unreachable, "cannot open a socket") }
        let connection = SocketConnection(descriptor: descriptor)
        try connection.limitBlocking(to: deadline)
        try connection.connect(to: &address, path: path)
        try connection.requireOwner(owner, path: path)
        return connection
    }

    /// Sends every byte. A peer that has closed is no error here: it may have said why before it did, and reading
    /// tells.
    package borrowing func send(_ bytes: [UInt8]) throws(TokenClientError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EPIPE, ECONNRESET: return
            case EAGAIN: throw .noReplyInTime
            case let number: throw .failed("send", number, .disconnected, "cannot send to the daemon")
            }
        }
    }

    /// Waits for bytes and takes what is there, 16 KiB at most. Returns none at the end of the stream; throws
    /// `timedOut` or `disconnected`.
    package borrowing func receive(deadline: Deadline) throws(TokenClientError) -> [UInt8] {
        while true {
            var interest = pollfd(descriptor: descriptor, events: POLLIN)
            let ready = poll(&interest, 1, deadline.pollTimeout)
            if ready == 0 { throw .noReplyInTime }
            if ready < 0 {
                if errno == EINTR { continue }
                throw .failed("poll", errno, .disconnected, "cannot wait for the daemon")
            }
            var result = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 16 * 1024) { [descriptor] buffer, count in
                result = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                count = max(0, result)
            }
            if result >= 0 { return bytes }
            switch errno {
            case EINTR, EAGAIN: continue
            case let number: throw .failed("recv", number, .disconnected, "the daemon closed the connection")
            }
        }
    }

    /// A full backlog makes `connect` wait, a full buffer `send`: neither for longer than the deadline.
    private borrowing func limitBlocking(to deadline: Deadline) throws(TokenClientError) {
        let milliseconds = Int(deadline.pollTimeout)
        guard milliseconds >= 0 else { return }
        var limit = timeval(tv_sec: milliseconds / 1000, tv_usec: max(1, milliseconds % 1000 * 1000))
        let result = setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_SNDTIMEO,
            &limit,
            socklen_t(MemoryLayout<timeval>.size)
        )
        guard result == 0 else { throw .failed("setsockopt", errno, .unreachable, "cannot set up a socket") }
    }

    private borrowing func connect(to address: inout sockaddr_un, path: String) throws(TokenClientError) {
        while true {
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            if result == 0 { return }
            switch errno {
            case EINTR: continue
            case EISCONN: return
            case EAGAIN: throw TokenClientError(.timedOut, "the daemon at \(path) accepts no connection in time")
            case let number where number == ENOENT || number == ECONNREFUSED:
                throw .failed("connect", number, .unreachable, "no daemon listens at \(path)")
            case let number:
                throw .failed("connect", number, .unreachable, "cannot connect to \(path)")
            }
        }
    }

    /// The kernel remembers under which uid `listen` was called.
    private borrowing func requireOwner(_ owner: UInt32, path: String) throws(TokenClientError) {
        var listener = clinux_peer()
        guard clinux_peer_of(descriptor, &listener) == 0 else {
            throw .failed("getsockopt", errno, .foreignPeer, "cannot tell who listens at \(path)")
        }
        guard listener.uid == owner else {
            throw TokenClientError(
                .foreignPeer,
                "the program that listens at \(path) belongs to user \(listener.uid) and not to you (user \(owner))"
            )
        }
    }
}

extension pollfd {
    /// Interest in one descriptor. The constants come as `Int32`, the field is 16 bits wide.
    package init(descriptor: Int32, events: Int32) {
        self.init(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
    }
}

extension TokenClientError {
    /// A system call's failure, with the system's words at the end of the message.
    fileprivate static func failed(_ call: String, _ number: Int32, _ code: Code, _ message: String) -> Self {
        TokenClientError(
            code,
            "\(message): \(text(ofError: number))",
            cause: SystemCallError(call: call, number: number)
        )
    }

    fileprivate static var noReplyInTime: Self { TokenClientError(.timedOut, "the daemon does not answer in time") }
}
