import NIOCore
import NIOHTTP1
import NIOPosix

/// One connection: gathers each request, has it answered, and delivers the reply as it says, be it badly.
///
/// Requests come one at a time: the pipeline holds the next one back until this one's answer is out.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// A longer body is refused with 413.
    private static let maxBody = 65_536

    private let answer: @Sendable (Request) -> IssuerMachine.Reply
    private let finish: @Sendable (_ number: Int) -> Void
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// The log entry that is not answered yet.
    private var open: Int?

    init(
        answer: @escaping @Sendable (Request) -> IssuerMachine.Reply,
        finish: @escaping @Sendable (_ number: Int) -> Void
    ) {
        self.answer = answer
        self.finish = finish
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part):
            if body.count <= HTTPConnection.maxBody { body += part.readableBytesView }
        case .end:
            guard let head else { return }
            guard body.count <= HTTPConnection.maxBody else {
                write(Response(413), keepAlive: false, context)
                return
            }
            let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
            let reply = answer(Request(head.method.rawValue, head.uri, headers: headers, body: body))
            open = reply.number
            later(reply.delay, context) { connection, context in
                connection.deliver(reply, keepAlive: head.isKeepAlive, context)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finished()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func deliver(_ reply: IssuerMachine.Reply, keepAlive: Bool, _ context: ChannelHandlerContext) {
        switch reply.delivery {
        case .whole:
            finished()
            write(reply.response, keepAlive: keepAlive, context)
        case .truncated:
            finished()
            writeHead(reply.response, length: reply.response.body.count + 1, keepAlive: false, context)
            closing(writeBody(reply.response.body.prefix(reply.response.body.count / 2), context), context)
        case .slow(let pause):
            writeHead(reply.response, length: reply.response.body.count, keepAlive: false, context)
            context.flush()
            drip(reply.response.body[...], pause: pause, context)
        case .reset:
            finished()
            reset(context)
        case .close:
            finished()
            context.close(promise: nil)
        case .hang:
            break
        }
    }

    private func write(_ response: Response, keepAlive: Bool, _ context: ChannelHandlerContext) {
        writeHead(response, length: response.body.count, keepAlive: keepAlive, context)
        _ = writeBody(response.body[...], context)
        end(keepAlive: keepAlive, context)
    }

    private func writeHead(_ response: Response, length: Int, keepAlive: Bool, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders(response.headers.map { ($0.key, $0.value) })
        headers.replaceOrAdd(name: "Content-Length", value: String(length))
        if !keepAlive { headers.replaceOrAdd(name: "Connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: response.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func writeBody(_ bytes: ArraySlice<UInt8>, _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))))
    }

    private func end(keepAlive: Bool, _ context: ChannelHandlerContext) {
        let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !keepAlive { closing(written, context) }
    }

    /// Closes the connection once something is written; sooner, what the kernel has not taken yet would be lost.
    private func closing(_ written: EventLoopFuture<Void>, _ context: ChannelHandlerContext) {
        let channel = context.channel
        written.whenComplete { _ in channel.close(promise: nil) }
    }

    private func drip(_ bytes: ArraySlice<UInt8>, pause: Duration, _ context: ChannelHandlerContext) {
        if bytes.count <= 1 { finished() }
        guard let first = bytes.first else {
            end(keepAlive: false, context)
            return
        }
        later(pause, context) { connection, context in
            _ = connection.writeBody([first], context)
            connection.drip(bytes.dropFirst(), pause: pause, context)
        }
    }

    /// Closes with nothing said and nothing kept: without lingering, the kernel sends a reset.
    private func reset(_ context: ChannelHandlerContext) {
        guard let options = context.channel as? any SocketOptionProvider else {
            context.close(promise: nil)
            return
        }
        let channel = context.channel
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
    }

    /// Tells that the request is as good as answered. It comes before the last byte goes out, since the client's next
    /// request may be here before this function's caller goes on.
    private func finished() {
        guard let number = open else { return }
        open = nil
        finish(number)
    }

    /// Goes on at once, or after a while on the same event loop if the connection is still there.
    private func later(
        _ delay: Duration,
        _ context: ChannelHandlerContext,
        _ body: @escaping (HTTPConnection, ChannelHandlerContext) -> Void
    ) {
        guard delay > .zero else {
            body(self, context)
            return
        }
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
            if context.channel.isActive { body(self, context) }
        }
    }
}
