internal import NIOCore

/// What became of the request that a client had ready when it was accepted.
///
/// Most clients connect, ask for one token and go, and their request is there before they are accepted. So it is read
/// and answered right then. Registering the connection with the event loop, which costs more than the answer, comes
/// after the reply, and not at all for a client that wants to close.
enum EarlyReply {
    /// There was none that could be answered so; what was read is to be read again in the ordinary way.
    case unanswered(ByteBuffer)
    /// It is answered but for what the kernel did not take yet of the reply.
    case answered(unsent: ByteBuffer, isLast: Bool)

    /// Reads what is there and answers a plain request for a published token.
    init(on socket: ConnectedSocket, from cached: CachedTokens, to peer: Peer) {
        let bytes = socket.receive(upTo: PlainTokenRequest.longest)
        if let request = bytes.withUnsafeReadableBytes({ PlainTokenRequest($0) }),
            var reply = cached.reply(to: request, peer: peer)
        {
            socket.send(&reply)
            self = .answered(unsent: reply, isLast: request.isLast)
        } else {
            self = .unanswered(bytes)
        }
    }
}
