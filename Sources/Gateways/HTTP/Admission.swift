internal import Glibc
internal import LocalAPI
internal import NIOCore

/// Decides who may connect, and makes the connections of those who may.
struct Admission: Sendable {
    /// The one user whose processes are served.
    let uid: UInt32
    let cached: CachedTokens
    let router: Router

    /// Takes in a connection that was just accepted.
    ///
    /// - Throws: `Turned` when the connection is to be closed at once.
    func admit(_ channel: any Channel, to connections: OpenConnections) throws {
        let pipeline = channel.pipeline.syncOperations
        let accepted = try pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
            // SwiftNIO leaves it open to child processes.
            guard fcntl(socket, F_SETFD, FD_CLOEXEC) == 0, let peer = Peer(of: socket), peer.uid == uid else {
                throw Turned.away
            }
            return (peer: peer, early: EarlyReply(on: socket, from: cached, to: peer))
        }
        guard let (peer, early) = accepted else { throw Turned.away }
        let connection = HTTPConnection(peer: peer, cached: cached, router: router, connections: connections)
        let reader: RequestReader
        switch early {
        case .none(let unread):
            reader = RequestReader(connection: connection, limits: connections.limits, unread: unread)
        case .sent(let unsent, let isLast):
            if isLast && unsent.readableBytes == 0 { throw Turned.content }
            connection.resume(unsent: unsent, isLast: isLast)
            reader = RequestReader(connection: connection, limits: connections.limits)
        }
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        try channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 1))
        try pipeline.addHandler(reader)
        try pipeline.addHandler(connection)
    }

    /// Why a connection is closed as soon as it is accepted.
    enum Turned: Error {
        /// Another user's process: it gets no byte.
        case away
        /// It had its answer and wanted no more.
        case content
    }
}
