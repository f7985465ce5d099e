internal import LocalAPI
internal import NIOCore

/// One client: takes its requests in order, answers from the published table where it can and asks the daemon where it
/// cannot.
///
/// It reads plain requests for a token by itself and leaves all else to the HTTP decoder. Once the decoder has seen
/// bytes of a connection it gets all that follow, because only it knows where a request ends; a connection that never
/// needs it never makes one.
///
/// At most one request is being answered. While it is, nothing more is read, so that the kernel slows the client down;
/// requests that came with it, in the same read, wait here. Replies go straight to the kernel; the event loop comes in when it does
/// not take all of one, because the client does not read.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let peer: Peer
    private let socket: ConnectedSocket
    private let cached: CachedTokens
    private let router: Router
    private let connections: OpenConnections

    private(set) var phase = Phase.closed
    private var context: ChannelHandlerContext?
    private var hasDecoder = false
    /// Whether a request has begun to come and its end has not.
    private var isReceiving = false
    /// Whether the client holds the body of that request back until it is told to go on.
    private var awaitsContinue = false
    private var waiting = CircularBuffer<Request>()
    /// Whether the client has sent its last request.
    private var sawLast = false
    private var isInputClosed = false
    private var isReading = true
    /// What the daemon does for the request at hand.
    private var task: Task<Void, Never>?
    /// What happened to the first request before this became a handler.
    private var early: EarlyReply?

    init(
        peer: Peer,
        socket: ConnectedSocket,
        cached: CachedTokens,
        router: Router,
        connections: OpenConnections,
        early: EarlyReply? = nil
    ) {
        self.peer = peer
        self.socket = socket
        self.cached = cached
        self.router = router
        self.connections = connections
        self.early = early
    }

    // MARK: Coming and going

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        phase = .receiving(since: connections.eventLoop.now)
        connections.insert(self)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        switch early {
        case nil: break
        case .unanswered(let bytes):
            if bytes.readableBytes > 0 { channelRead(context: context, data: wrapInboundOut(bytes)) }
        case .answered(let unsent, let isLast):
            sawLast = isLast
            send(unsent, then: isLast ? .close : .nextRequest)
        }
        early = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        abandon()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        abandon()
        self.context = nil
        connections.remove(self)
    }

    /// Answers what has been asked and closes then.
    func finish() {
        sawLast = true
        switch phase {
        case .receiving, .idle, .streaming, .sending(_, .moreEvents): close()
        case .sending(let since, .nextRequest) where waiting.isEmpty: enter(.sending(since: since, then: .close))
        case .answering, .sending, .lingering, .closed: break
        }
    }

    /// Closes at once; what the daemon does on its behalf is cancelled.
    func close() {
        abandon()
        context?.close(promise: nil)
    }

    /// The client is gone: there is nobody left to do anything for.
    private func abandon() {
        phase = .closed
        task?.cancel()
        task = nil
        waiting.removeAll()
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !hasDecoder {
            let bytes = unwrapInboundIn(data)
            if let request = bytes.withUnsafeReadableBytes({ PlainTokenRequest($0) }) { return receive(request) }
            hasDecoder = true
            do {
                let limits = connections.limits
                let handlers = context.pipeline.syncOperations
                try handlers.addHandler(RequestAssembler.decoder(limits))
                try handlers.addHandler(RequestAssembler(connection: self, limits: limits))
            } catch {
                return close()
            }
        }
        decode(unwrapInboundIn(data), context)
    }

    /// Hands bytes to the decoder, the last one by itself: if that one ends a request, no other has begun after it.
    private func decode(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        var last = bytes
        if let others = last.readSlice(length: bytes.readableBytes - 1), others.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(others))
        }
        isReceiving = true
        context.fireChannelRead(wrapInboundOut(last))
        if isReceiving, case .idle = phase { enter(.receiving(since: connections.eventLoop.now)) }
    }

    private func receive(_ request: PlainTokenRequest) {
        if phase.isReady, !sawLast, let reply = cached.reply(to: request, peer: peer) {
            sawLast = request.isLast
            send(reply, then: request.isLast ? .close : .nextRequest)
        } else {
            receive(Request(request))
        }
    }

    /// The head of a request has come, but no more of it yet.
    func begin(expectsContinue: Bool) {
        isReceiving = true
        awaitsContinue = expectsContinue
        letContinue()
    }

    /// Asks for the body that the client holds back, as soon as it is the turn of that request.
    private func letContinue() {
        guard awaitsContinue, phase.isReady else { return }
        awaitsContinue = false
        send(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"), then: .nextRequest)
    }

    /// A whole request has come.
    func receive(_ request: Request) {
        isReceiving = false
        awaitsContinue = false
        guard !sawLast else { return }
        sawLast = request.isLast
        waiting.append(request)
        answerWaiting()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The decoder comes first: it may have something to say about a request that ends too early.
        context.fireUserInboundEventTriggered(event)
        guard case ChannelEvent.inputClosed = event else { return }
        // A client that has sent all it wants to may still wait for its replies.
        isInputClosed = true
        sawLast = true
        switch phase {
        case .receiving, .idle, .lingering: close()
        case .answering, .streaming, .sending, .closed: break
        }
    }

    private func answerWaiting() {
        while phase.isReady, let request = waiting.popFirst() { answer(request) }
        if phase.isReady && isInputClosed { return close() }
        letContinue()
        if phase.isReady || phase.isLingering { setReading(true) }
    }

    /// Stops or resumes the taking of bytes from the kernel.
    private func setReading(_ value: Bool) {
        guard isReading != value, let options = context?.channel.syncOptions else { return }
        isReading = value
        do {
            try options.setOption(.autoRead, value: value)
        } catch {
            close()
        }
    }

    private func answer(_ request: Request) {
        switch request.demand {
        case .refused(let reply):
            send(reply, to: request)
        case .route(.token(let account, let query)):
            let isLast = isLast(request)
            if let reply = cached.reply(to: query, of: account, form: request.form, isLast: isLast, peer: peer) {
                send(reply, then: isLast ? .close : .nextRequest)
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
        setReading(false)
        let loop = connections.eventLoop
        let connection = NIOLoopBound(self, eventLoop: loop)
        task = Task { [router] in
            switch await router.answer(to: route, of: request) {
            case .reply(let reply):
                loop.execute { connection.value.deliver(reply, to: request) }
            case .events(let events):
                try? await loop.flatSubmit { connection.value.beginEvents() }.get()
                for await event in events {
                    let sent = loop.flatSubmit { connection.value.stream(event.wire) }
                    guard (try? await sent.get()) != nil else { break }
                }
                loop.execute { connection.value.close() }
            }
        }
    }

    // MARK: Replies

    private func deliver(_ reply: Reply, to request: Request) {
        guard case .answering = phase else { return }
        task = nil
        if let (credential, account) = reply.handsOut { cached.audit.handedOut(credential, of: account, to: peer) }
        send(reply, to: request)
        answerWaiting()
    }

    /// Whether the connection closes after the reply to a request.
    private func isLast(_ request: Request) -> Bool { request.isLast || sawLast && waiting.isEmpty }

    private func send(_ reply: Reply, to request: Request) {
        let isLast = isLast(request)
        send(
            reply.rendered(isLast: isLast, omitsBody: request.omitsBody),
            then: request.lingers ? .linger : isLast ? .close : .nextRequest
        )
    }

    private func send(_ bytes: ByteBuffer, then sequel: Phase.Sequel) {
        var unsent = bytes
        socket.send(&unsent)
        if unsent.readableBytes == 0 { proceed(to: sequel) } else { queue(unsent, then: sequel) }
    }

    /// Leaves to the event loop what the kernel does not take yet.
    @discardableResult
    private func queue(_ bytes: ByteBuffer, then sequel: Phase.Sequel) -> EventLoopFuture<Void> {
        guard let context else { return connections.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        enter(.sending(since: connections.eventLoop.now, then: sequel))
        setReading(false)
        let sent = context.writeAndFlush(wrapOutboundOut(bytes))
        sent.assumeIsolated().whenSuccess {
            guard case .sending(_, let sequel) = self.phase else { return }
            self.proceed(to: sequel)
            self.answerWaiting()
        }
        return sent
    }

    /// Goes on after a reply has been sent.
    private func proceed(to sequel: Phase.Sequel) {
        switch sequel {
        case .nextRequest:
            let now = connections.eventLoop.now
            enter(isReceiving ? .receiving(since: now) : .idle(since: now))
        case .moreEvents:
            enter(.streaming)
        case .close:
            close()
        case .linger where isInputClosed:
            close()
        case .linger:
            enter(.lingering(since: connections.eventLoop.now))
            context?.close(mode: .output, promise: nil)
        }
    }

    // MARK: Events

    private func beginEvents() -> EventLoopFuture<Void> {
        sawLast = true
        waiting.removeAll()
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n"
        return stream(head + "connection: close\r\n\r\n")
    }

    /// Sends a part of the stream of events. The part before it must have been taken.
    ///
    /// - Returns: A future that is fulfilled when the kernel has taken it, so that a slow client slows its stream.
    private func stream(_ text: String) -> EventLoopFuture<Void> {
        guard !phase.isClosed else {
            return connections.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        var unsent = ByteBuffer(string: text)
        socket.send(&unsent)
        if unsent.readableBytes > 0 { return queue(unsent, then: .moreEvents) }
        enter(.streaming)
        return connections.eventLoop.makeSucceededVoidFuture()
    }

    private func enter(_ phase: Phase) {
        self.phase = phase
        connections.watch(self)
    }
}
