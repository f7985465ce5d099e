internal import Glibc
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
        let descriptor = try pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        // SwiftNIO leaves the socket open to child processes.
        guard let descriptor, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0,
            let peer = Peer(of: descriptor), peer.uid == uid
        else { throw Turned.away }
        let socket = ConnectedSocket(descriptor: descriptor)
        let early = EarlyReply(on: socket, from: cached, to: peer)
        if case .answered(let unsent, isLast: true) = early, unsent.readableBytes == 0 { throw Turned.content }
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        try pipeline.addHandler(
            HTTPConnection(
                peer: peer,
                socket: socket,
                cached: cached,
                router: router,
                connections: connections,
                early: early
            )
        )
    }

    /// Why a connection is closed as soon as it is accepted.
    enum Turned: Error {
        /// Another user's process: it gets no byte.
        case away
        /// It had its answer and wanted no more.
        case content
    }
}
