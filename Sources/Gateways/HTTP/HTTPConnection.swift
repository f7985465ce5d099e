internal import LocalAPI
internal import NIOCore
internal import NIOHTTP1

/// One client: takes its requests in order, answers from the published table where it can and asks the daemon where it
/// cannot.
///
/// At most one request is being answered; those that were sent after it wait here, and while any wait nothing more is
/// read, so that the kernel slows the client down. The write buffer's water marks are set to one byte: "writable" means
/// that the client has taken, or the kernel holds for it, all that was sent.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private let peer: Peer
    private let cached: CachedTokens
    private let router: Router
    private let connections: OpenConnections

    private(set) var phase = Phase.closed
    private var context: ChannelHandlerContext?
    /// The request whose body is on its way.
    private var incoming: Request?
    private var waiting = CircularBuffer<Request>()
    /// Whether the client has sent its last request.
    private var sawLast = false
    private var isInputClosed = false
    private var isReadHeld = false
    /// What the daemon does for the request at hand.
    private var task: Task<Void, Never>?

    /// What is left of a reply that was sent before the connection was active.
    private var unsent: ByteBuffer?

    init(peer: Peer, cached: CachedTokens, router: Router, connections: OpenConnections) {
        self.peer = peer
        self.cached = cached
        self.router = router
        self.connections = connections
    }

    // MARK: Coming and going

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        phase = .receiving(since: connections.eventLoop.now)
        connections.insert(self)
    }

    /// Goes on after an early reply.
    func resume(unsent: ByteBuffer, isLast: Bool) {
        self.unsent = unsent
        sawLast = isLast
    }

    func channelActive(context: ChannelHandlerContext) {
        if let rest = unsent {
            unsent = nil
            send(rest, then: sawLast ? .close : .nextRequest)
        }
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        abandon()
        self.context = nil
        connections.remove(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        abandon()
        context.fireChannelInactive()
    }

    /// Answers what has been asked and closes then.
    func finish() {
        sawLast = true
        switch phase {
        case .receiving, .idle, .streaming: close()
        case .sending(let since, .nextRequest): enter(.sending(since: since, then: .close))
        case .sending(_, .moreEvents): close()
        case .answering, .sending, .lingering, .closed: break
        }
    }

    /// Closes at once; a call to the daemon on its behalf is cancelled.
    func close() {
        abandon()
        context?.close(promise: nil)
    }

    /// The client is gone: there is nobody left to do anything for.
    private func abandon() {
        phase = .closed
        task?.cancel()
        task = nil
        incoming = nil
        waiting.removeAll()
    }

    // MARK: Requests

    /// Bytes of a request have come that cannot be answered at once.
    func bytesArrived() {
        if case .idle = phase { enter(.receiving(since: connections.eventLoop.now)) }
    }

    /// A whole request has come.
    func receive(_ request: Request) {
        guard !sawLast else { return }
        sawLast = request.isLast
        if phase.isReady {
            answer(request)
            answerWaiting()
        } else {
            waiting.append(request)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !sawLast else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            let request = Request(head, limits: connections.limits)
            guard !request.lingers else { return receive(request) }
            incoming = request
            if head.expectsContinue && phase.isReady {
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
            }
        case .body(var part):
            guard let length = incoming?.body.readableBytes else { return }
            if length + part.readableBytes > connections.limits.bodySize {
                incoming = nil
                receive(.refused(.bodyTooLarge(connections.limits)))
            } else {
                incoming?.body.writeBuffer(&part)
            }
        case .end:
            guard let request = incoming else { return }
            incoming = nil
            receive(request)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError:
            incoming = nil
            receive(.refused(.unreadable(error, connections.limits)))
        case is ByteToMessageDecoderError: break  // Bytes after those that could not be read.
        default: close()
        }
    }

    /// Lets the channel read unless an earlier request is still to be answered.
    func read(context: ChannelHandlerContext) {
        switch phase {
        case .receiving, .idle, .lingering: context.read()
        case .answering, .streaming, .sending, .closed: isReadHeld = true
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            // A client that has sent all it wants to may still wait for its replies.
            isInputClosed = true
            sawLast = true
            if phase.isReady || isLingering { close() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    private var isLingering: Bool {
        if case .lingering = phase { true } else { false }
    }

    // MARK: Replies

    private func answerWaiting() {
        while phase.isReady, let request = waiting.popFirst() { answer(request) }
        if phase.isReady && isInputClosed { return close() }
        if phase.isReady || isLingering { resumeReading() }
    }

    private func answer(_ request: Request) {
        switch request.demand {
        case .refused(let reply):
            send(reply.rendered(isLast: isLast(request), omitsBody: request.omitsBody), after: request)
        case .route(.token(let account, let query)):
            let isLast = isLast(request)
            if let reply = cached.reply(to: query, of: account, form: request.form, isLast: isLast, peer: peer) {
                send(reply, after: request)
            } else {
                ask(request, .token(account: account, query))
            }
        case .route(let route):
            ask(request, route)
        }
    }

    /// Hands a request to the daemon.
    private func ask(_ request: Request, _ route: Route) {
        enter(.answering)
        let loop = connections.eventLoop
        let connection = NIOLoopBound(self, eventLoop: loop)
        let (form, lastEventID, body) = (request.form, request.lastEventID, request.body)
        let bound = NIOLoopBound(request, eventLoop: loop)
        task = Task { [router] in
            switch await router.answer(to: route, form: form, lastEventID: lastEventID, body: body) {
            case .reply(let reply):
                loop.execute { connection.value.deliver(reply, to: bound.value) }
            case .events(let events):
                loop.execute { connection.value.beginEvents() }
                for await event in events {
                    let sent = loop.flatSubmit { connection.value.send(event) }
                    guard (try? await sent.get()) != nil else { break }
                }
                loop.execute { connection.value.close() }
            }
        }
    }

    private func deliver(_ reply: Reply, to request: Request) {
        guard case .answering = phase else { return }
        task = nil
        if let token = reply.token { cached.audit.handedOut(token.kind, of: token.account, to: peer) }
        send(reply.rendered(isLast: isLast(request)), after: request)
        answerWaiting()
    }

    /// Whether the connection closes after the reply to a request.
    private func isLast(_ request: Request) -> Bool { request.isLast || sawLast && waiting.isEmpty }

    private func send(_ reply: ByteBuffer, after request: Request) {
        send(reply, then: request.lingers ? .linger : isLast(request) ? .close : .nextRequest)
    }

    private func send(_ bytes: ByteBuffer, then sequel: Phase.Sequel) {
        phase = .answering
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        afterWriting(sequel)
    }

    private func afterWriting(_ sequel: Phase.Sequel) {
        guard let context, !isClosed else { return }
        guard context.channel.isWritable else {
            return enter(.sending(since: connections.eventLoop.now, then: sequel))
        }
        switch sequel {
        case .nextRequest:
            let now = connections.eventLoop.now
            enter(incoming == nil ? .idle(since: now) : .receiving(since: now))
        case .moreEvents:
            enter(.streaming)
        case .close:
            close()
        case .linger where isInputClosed:
            close()
        case .linger:
            enter(.lingering(since: connections.eventLoop.now))
            context.close(mode: .output, promise: nil)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .sending(_, let sequel) = phase, context.channel.isWritable {
            afterWriting(sequel)
            answerWaiting()
        }
        context.fireChannelWritabilityChanged()
    }

    private func resumeReading() {
        guard isReadHeld else { return }
        isReadHeld = false
        context?.read()
    }

    // MARK: Events

    private func beginEvents() {
        guard case .answering = phase else { return }
        sawLast = true
        waiting.removeAll()
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
        context?.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head)), promise: nil)
        afterWriting(.moreEvents)
    }

    /// Sends an event.
    ///
    /// - Returns: A future that is fulfilled when the client's kernel has it, so that a slow client slows its stream.
    private func send(_ event: ServerEvent) -> EventLoopFuture<Void> {
        guard let context, !isClosed else { return connections.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        let sent = context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: event.wire)))
        afterWriting(.moreEvents)
        return sent
    }

    // MARK: Phases

    private var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }

    private func enter(_ phase: Phase) {
        self.phase = phase
        connections.watch(self)
    }
}

extension HTTPRequestHead {
    fileprivate var expectsContinue: Bool {
        version == .http1_1 && headers.first(name: "expect")?.lowercased() == "100-continue"
    }
}
