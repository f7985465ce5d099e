internal import Glibc
internal import LocalAPI
internal import NIOCore

/// What became of the request that a client had ready when it was accepted.
///
/// Most clients connect, ask for one token and go, and their request is there before they are accepted. So it is read
/// and answered right then. Registering the connection with the event loop, which costs more than the answer, comes
/// after the reply, and not at all for a client that wants to close.
enum EarlyReply {
    /// There was none that could be answered so; what was read is to be read again in the ordinary way.
    case none(unread: ByteBuffer)
    /// It is answered but for what the kernel did not take yet of the reply.
    case sent(unsent: ByteBuffer, isLast: Bool)

    /// Reads what is there and answers a plain request for a published token.
    ///
    /// - Parameters:
    ///   - socket: A connection that was just accepted, non-blocking.
    ///   - cached: Where the tokens are.
    ///   - peer: Who asks.
    init(on socket: CInt, from cached: CachedTokens, to peer: Peer) {
        var bytes = ByteBufferAllocator().buffer(capacity: PlainTokenRequest.longest)
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: PlainTokenRequest.longest) {
            max(0, recv(socket, $0.baseAddress, $0.count, 0))
        }
        self = .none(unread: bytes)
        guard let request = bytes.withUnsafeReadableBytes({ PlainTokenRequest($0) }),
            var reply = cached.reply(
                to: TokenQuery(),
                of: request.account,
                form: request.form,
                isLast: request.isLast,
                peer: peer
            )
        else { return }
        let count = reply.withUnsafeReadableBytes { send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        reply.moveReaderIndex(forwardBy: max(0, count))
        self = .sent(unsent: reply, isLast: request.isLast)
    }
}
