internal import LocalAPI
internal import NIOCore
internal import NIOHTTP1

/// Makes whole requests of the parts that the HTTP decoder finds, and keeps them within the limits.
///
/// It stands behind the decoder; both are added to a connection with the first bytes that are not a plain request.
final class RequestAssembler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let connection: HTTPConnection
    private let limits: Limits
    /// The request whose body is on its way.
    private var incoming: Request?

    init(connection: HTTPConnection, limits: Limits) {
        self.connection = connection
        self.limits = limits
    }

    /// A decoder with the limits on a request's head.
    static func decoder(_ limits: Limits) -> ByteToMessageHandler<HTTPRequestDecoder> {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderListSize = limits.headSize
        configuration.maxHeaderFieldSize = limits.headSize
        return ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: configuration))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let request = Request(head, limits: limits)
            guard !request.lingers else { return finish(request) }
            incoming = request
            connection.begin(expectsContinue: head.expectsContinue)
        case .body(var part):
            guard let length = incoming?.body.readableBytes else { return }
            if length + part.readableBytes > limits.bodySize {
                finish(.refused(.bodyTooLarge(limits)))
            } else {
                incoming?.body.writeBuffer(&part)
            }
        case .end:
            if let incoming { finish(incoming) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError: finish(.refused(.unreadable(error, limits)))
        case is ByteToMessageDecoderError: break  // Bytes after those that could not be read.
        default: connection.close()
        }
    }

    private func finish(_ request: Request) {
        incoming = nil
        connection.receive(request)
    }
}

extension HTTPRequestHead {
    fileprivate var expectsContinue: Bool {
        version == .http1_1 && headers.first(name: "expect")?.lowercased() == "100-continue"
    }
}
