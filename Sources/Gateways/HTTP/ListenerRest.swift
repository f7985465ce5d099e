internal import NIOCore

/// Lets the listener rest while as many connections are open as may be, and for a second after the system had no
/// descriptor or memory for another one. Clients that come then wait in the kernel's backlog and are not refused.
///
/// Stands in the listener's own pipeline, in front of what sets connections up.
final class ListenerRest: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let connections: OpenConnections
    private var timer: Scheduled<Void>?

    init(connections: OpenConnections) { self.connections = connections }

    func handlerAdded(context: ChannelHandlerContext) {
        let loopBound = context.loopBound
        connections.onRoom = { [weak self] in self?.resume(loopBound.value) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connections.onRoom = {}
        timer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
        if connections.isFull { setListening(false, context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What could not be accepted is still there, so the selector would report it again and again.
        setListening(false, context)
        timer?.cancel()
        let loopBound = context.loopBound
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in
            self?.timer = nil
            self?.resume(loopBound.value)
        }
    }

    private func resume(_ context: ChannelHandlerContext) {
        if timer == nil && !connections.isFull { setListening(true, context) }
    }

    private func setListening(_ value: Bool, _ context: ChannelHandlerContext) {
        // It fails only for a listener that is closed, and then there is nothing left to listen to.
        try? context.channel.syncOptions?.setOption(.autoRead, value: value)
    }
}
