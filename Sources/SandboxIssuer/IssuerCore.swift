import NIOCore
import Synchronization

/// The machine behind a lock, with the clock that it is given and those who wait for it to change.
final class IssuerCore: Sendable {
    private struct State {
        var machine: IssuerMachine
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastWatcher = 0
        var connections: [ObjectIdentifier: any Channel] = [:]
        var isStopped = false
    }

    private let state: Mutex<State>
    /// The time since 1970.
    let now: @Sendable () -> Duration
    private let onRequest: @Sendable (LogEntry) -> Void

    init(
        _ machine: IssuerMachine,
        now: @escaping @Sendable () -> Duration,
        onRequest: @escaping @Sendable (LogEntry) -> Void
    ) {
        state = Mutex(State(machine: machine))
        self.now = now
        self.onRequest = onRequest
    }

    /// The machine as it is now.
    var machine: IssuerMachine { state.withLock { $0.machine } }

    /// Changes the machine and tells those who wait.
    @discardableResult
    func change<Result: Sendable, Failure: Error>(
        _ body: (inout IssuerMachine) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try state.withLock { (state) throws(Failure) in
            defer { for watcher in state.watchers.values { watcher.yield() } }
            return try body(&state.machine)
        }
    }

    /// Has the machine answer a request.
    func answer(_ request: Request) -> IssuerMachine.Reply {
        let (reply, entry) = change { machine in
            let reply = machine.handle(request, at: now())
            return (reply, reply.number.map { machine.log[$0 - 1] })
        }
        if let entry { onRequest(entry) }
        return reply
    }

    /// Notes that a reply is out, or that its client has gone.
    func finish(_ number: Int) { change { $0.finish(number) } }

    /// Returns as soon as the condition holds.
    func waitUntil(_ condition: @Sendable (IssuerMachine) -> Bool) async throws {
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let watcher = state.withLock { state in
            state.lastWatcher += 1
            state.watchers[state.lastWatcher] = continuation
            continuation.yield()
            if state.isStopped { continuation.finish() }
            return state.lastWatcher
        }
        defer { state.withLock { $0.watchers[watcher] = nil } }
        for await _ in changes where state.withLock({ condition($0.machine) }) { return }
        throw CancellationError()
    }

    /// Remembers a connection for as long as it is open.
    func track(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        let isStopped = state.withLock { state in
            state.connections[key] = channel
            return state.isStopped
        }
        if isStopped { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.connections[key] = nil } }
    }

    /// Closes every connection and sends home who waits.
    func closeAll() async {
        let connections = state.withLock { state in
            state.isStopped = true
            for watcher in state.watchers.values { watcher.finish() }
            return Array(state.connections.values)
        }
        // A connection that its client has just closed is what was wanted.
        for connection in connections { try? await connection.close() }
    }
}
