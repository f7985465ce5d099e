internal import CLinux

/// The process at the other end of a connection, as the kernel knew it when the connection was made.
package struct Peer: Sendable, Hashable {
    /// For the log only: the process may have ended since, and its number may belong to another.
    package var pid: Int32
    package var uid: UInt32
    package var gid: UInt32

    package init(pid: Int32, uid: UInt32, gid: UInt32) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
    }

    /// Asks the kernel who is at the other end of a connected Unix socket (`SO_PEERCRED`, unix(7)); `nil` when it does
    /// not know, and then nobody may be served.
    init?(of socket: CInt) {
        var peer = clinux_peer()
        guard clinux_peer_of(socket, &peer) == 0 else { return nil }
        self.init(pid: peer.pid, uid: peer.uid, gid: peer.gid)
    }
}
