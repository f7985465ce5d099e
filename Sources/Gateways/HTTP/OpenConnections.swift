internal import NIOCore
internal import Synchronization

/// The connections that are open, and the one timer that watches their deadlines. Lives on the event loop.
///
/// The timer is set for the earliest deadline it has heard of. A deadline that moves away is not announced: the timer
/// goes off, finds nothing to close and is set anew. So a request costs no timer, and without connections there is none.
final class OpenConnections {
    let eventLoop: any EventLoop
    let limits: Limits
    /// How many there are, for other threads.
    let count = Count()
    /// Called when there is room again after `isFull`.
    var onRoom: () -> Void = {}

    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    private var timer: Scheduled<Void>?
    private var timerDeadline = NIODeadline.distantFuture
    private var onEmpty: EventLoopPromise<Void>?

    /// A number that one thread writes and any may read.
    final class Count: Sendable {
        private let number = Atomic(0)

        var value: Int {
            get { number.load(ordering: .relaxed) }
            set { number.store(newValue, ordering: .relaxed) }
        }
    }

    init(eventLoop: any EventLoop, limits: Limits) {
        self.eventLoop = eventLoop
        self.limits = limits
    }

    var isFull: Bool { connections.count >= limits.connections }

    /// Takes a new connection in.
    func insert(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = connection
        count.value = connections.count
        if connections.count == limits.crowd + 1 { closeOverdue() } else { watch(connection) }
    }

    /// Forgets a connection that is closed.
    func remove(_ connection: HTTPConnection) {
        let wasFull = isFull
        connections[ObjectIdentifier(connection)] = nil
        count.value = connections.count
        if wasFull && !isFull { onRoom() }
        if connections.isEmpty {
            onEmpty?.succeed()
            onEmpty = nil
        }
    }

    /// Sees to it that the timer goes off in time for a connection that entered another phase.
    func watch(_ connection: HTTPConnection) {
        guard let deadline = limits.deadline(of: connection.phase, open: connections.count) else { return }
        setTimer(deadline)
    }

    /// Asks every connection to finish: those that nothing is asked of go at once, the others after their reply, and
    /// what is left when `stopTime` is over is cut off.
    ///
    /// - Returns: A future that is fulfilled when all are closed.
    func finish() -> EventLoopFuture<Void> {
        guard !connections.isEmpty else { return eventLoop.makeSucceededVoidFuture() }
        let promise = onEmpty ?? eventLoop.makePromise(of: Void.self)
        onEmpty = promise
        for connection in connections.values { connection.finish() }
        let cutOff = eventLoop.assumeIsolated().scheduleTask(in: limits.stopTime) {
            for connection in self.connections.values { connection.close() }
        }
        promise.futureResult.whenComplete { _ in cutOff.cancel() }
        return promise.futureResult
    }

    private func setTimer(_ deadline: NIODeadline) {
        guard deadline < timerDeadline else { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.closeOverdue() }
    }

    private func closeOverdue() {
        timer?.cancel()
        timer = nil
        timerDeadline = .distantFuture
        let now = eventLoop.now
        for connection in connections.values {
            guard let deadline = limits.deadline(of: connection.phase, open: connections.count) else { continue }
            if deadline <= now { connection.close() } else { setTimer(deadline) }
        }
    }
}
