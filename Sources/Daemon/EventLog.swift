package import LocalAPI
import Synchronization

/// The events of the last while, and everyone who follows them.
package final class EventLog: Sendable {
    /// How many events are remembered for those who come back with `Last-Event-ID`.
    private static let remembered = 1024
    /// How far a follower may fall behind before it misses events.
    private static let backlog = 256

    private struct State {
        var events: [ServerEvent] = []
        var nextID: UInt64
        var nextFollower = 0
        var followers: [Int: AsyncStream<ServerEvent>.Continuation] = [:]
        var isClosed = false
    }

    private let state: Mutex<State>

    /// Begins without events.
    ///
    /// - Parameter last: the number before that of the first event. One that is larger than any of an earlier run lets
    ///   those who followed that one get everything of this one.
    package init(after last: UInt64 = 0) {
        state = Mutex(State(nextID: last + 1))
    }

    /// Adds an event and hands it to every follower.
    package func append(_ kind: ServerEvent.Kind, data: String) {
        state.withLock { state in
            let event = ServerEvent(id: state.nextID, kind: kind, data: data)
            state.nextID += 1
            state.events.append(event)
            if state.events.count > Self.remembered { state.events.removeFirst(state.events.count - Self.remembered) }
            for follower in state.followers.values { follower.yield(event) }
        }
    }

    /// Follows the events after the one named; with `nil`, those to come. The stream ends when it is dropped, or when the
    /// log is closed.
    package func follow(after id: UInt64?) -> AsyncStream<ServerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ServerEvent.self,
            bufferingPolicy: .bufferingNewest(Self.remembered + Self.backlog)
        )
        let follower = state.withLock { state in
            if let id {
                // One that is larger than any of ours is from a run before the clock was set back: everything is news.
                let last = id < state.nextID ? id : 0
                for event in state.events where event.id > last { continuation.yield(event) }
            }
            state.nextFollower += 1
            guard !state.isClosed else {
                continuation.finish()
                return state.nextFollower
            }
            state.followers[state.nextFollower] = continuation
            return state.nextFollower
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.followers[follower] = nil }
        }
        return stream
    }

    /// Ends every stream, also those of later followers, once they have what is remembered.
    package func close() {
        let followers = state.withLock { state in
            defer { state.followers = [:] }
            state.isClosed = true
            return Array(state.followers.values)
        }
        for follower in followers { follower.finish() }
    }
}
