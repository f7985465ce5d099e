internal import LocalAPI
internal import NIOCore
internal import NIOHTTP1

/// The first handler of a connection: reads plain requests for a token by itself and leaves all else to the HTTP
/// decoder.
///
/// Once the decoder has seen bytes of a connection it gets all that follow, because only it knows where a request ends.
/// A connection that never needs it never makes one.
final class RequestReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: HTTPConnection
    private let limits: Limits
    /// Bytes that were read before there was this handler.
    private var unread: ByteBuffer?
    private var hasDecoder = false

    init(connection: HTTPConnection, limits: Limits, unread: ByteBuffer? = nil) {
        self.connection = connection
        self.limits = limits
        self.unread = unread
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        guard let bytes = unread, bytes.readableBytes > 0 else { return }
        unread = nil
        channelRead(context: context, data: wrapInboundOut(bytes))
        context.fireChannelReadComplete()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !hasDecoder {
            let bytes = unwrapInboundIn(data)
            if let request = bytes.withUnsafeReadableBytes({ PlainTokenRequest($0) }) {
                return connection.receive(Request(request))
            }
            hasDecoder = true
            do {
                try addDecoder(to: context)
            } catch {
                return context.fireErrorCaught(error)
            }
        }
        connection.bytesArrived()
        context.fireChannelRead(data)
    }

    private func addDecoder(to context: ChannelHandlerContext) throws {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderListSize = limits.headSize
        configuration.maxHeaderFieldSize = limits.headSize
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: configuration))
        try context.pipeline.syncOperations.addHandler(decoder, position: .after(self))
    }
}

extension Request {
    init(_ request: PlainTokenRequest) {
        demand = .route(.token(account: request.account, TokenQuery()))
        form = request.form
        isLast = request.isLast
    }
}
