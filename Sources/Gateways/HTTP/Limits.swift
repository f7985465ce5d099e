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
    package func deadline(of phase: Phase, open: Int) -> NIODeadline? {
        switch phase {
        case .receiving(let since), .lingering(let since): since + requestTime
        case .idle(let since): since + (open > crowd ? crowdedIdleTime : idleTime)
        case .sending(let since, _): since + replyTime
        case .answering, .streaming, .closed: nil
        }
    }
}
