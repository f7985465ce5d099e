package import NIOCore

/// What one client may take up, so that it cannot touch the others.
package struct Limits: Sendable {
    /// Most connections at once; further clients wait in the kernel's backlog.
    package var connections = 256
    /// With more than this many connections open, idle ones have to go sooner.
    package var crowd = 192
    /// Bytes of a request line and its header fields.
    package var headSize = 8 << 10
    /// Bytes of a request's body.
    package var bodySize = 64 << 10
    /// To send a request, from its first byte, and the first one from the moment of connecting.
    package var requestTime = TimeAmount.seconds(5)
    /// To take a reply.
    package var replyTime = TimeAmount.seconds(5)
    /// Between two requests.
    package var idleTime = TimeAmount.seconds(60)
    /// Between two requests in a crowd.
    package var crowdedIdleTime = TimeAmount.seconds(2)
    /// For replies under way when the gateway stops.
    package var stopTime = TimeAmount.seconds(2)

    package init() {}

    /// When a connection in a phase is to be closed, with so many open; `nil` while it may stay as long as it likes.
    func deadline(of phase: Phase, open: Int) -> NIODeadline? {
        switch phase {
        case .receiving(let since), .lingering(let since): since + requestTime
        case .idle(let since): since + (open > crowd ? crowdedIdleTime : idleTime)
        case .sending(let since, _): since + replyTime
        case .answering, .streaming, .closed: nil
        }
    }
}

/// What a connection is about.
enum Phase {
    /// A request is expected or on its way: from connecting or its first byte on. To `answering`, `streaming`,
    /// `sending`, or, when it could be answered at once, to `idle`.
    case receiving(since: NIODeadline)
    /// Nothing is asked. To all that `receiving` goes to, and to `receiving` with the first bytes of a request.
    case idle(since: NIODeadline)
    /// The daemon works on an answer, or the reader is parked. To `sending`, `idle` or `lingering`.
    case answering
    /// Events are sent as they happen. To `sending` while the client does not read them, and to `closed`.
    case streaming
    /// The client is slow to take a reply. To what `then` says once it has.
    case sending(since: NIODeadline, then: Sequel)
    /// The last reply is out and says so, the client's further bytes are dropped: closing at once could make the kernel
    /// drop the reply (RFC 9112 section 9.6). To `closed`.
    case lingering(since: NIODeadline)
    case closed

    /// What comes after a reply.
    enum Sequel {
        case nextRequest
        case close
        case linger
        case moreEvents
    }

    /// Whether a request can be answered now.
    var isReady: Bool {
        switch self {
        case .receiving, .idle: true
        case .answering, .streaming, .sending, .lingering, .closed: false
        }
    }
}
