internal import NIOCore

/// Lets the listener rest while as many connections are open as may be; clients that come then wait in the kernel's
/// backlog and are not refused. Stands in the listener's own pipeline.
final class ListenerRest: ChannelOutboundHandler {
    typealias OutboundIn = Never

    private let connections: OpenConnections
    private var isResting = false

    init(connections: OpenConnections) { self.connections = connections }

    func handlerAdded(context: ChannelHandlerContext) {
        let loopBound = context.loopBound
        connections.onRoom = { [weak self] in
            guard let self, isResting else { return }
            isResting = false
            loopBound.value.read()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connections.onRoom = {}
    }

    func read(context: ChannelHandlerContext) {
        if connections.isFull { isResting = true } else { context.read() }
    }
}
