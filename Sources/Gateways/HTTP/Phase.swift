package import NIOCore

/// What a connection is about.
package enum Phase {
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
    package enum Sequel {
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

    var isLingering: Bool {
        if case .lingering = self { true } else { false }
    }

    var isClosed: Bool {
        if case .closed = self { true } else { false }
    }
}
