import CCurl
import Synchronization

/// What other threads say to the transfer thread, and the only thing of it that they see.
final class Mailbox: Sendable {
    enum Message: Sendable {
        case start(Transfer)
        case cancel(id: UInt64)
        case stop
    }

    /// `@unchecked Sendable`: the transfer thread alone uses the handle, but for `curl_multi_wakeup`, which libcurl allows
    /// from any thread; the mailbox calls that under its lock and no more once it is closed.
    struct MultiHandle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private struct State {
        var messages: [Message] = []
        /// Nothing is taken in any more.
        var isClosed = false
        /// The thread has ended.
        var hasEnded = false
        var awaitingEnd: [CheckedContinuation<Void, Never>] = []
        var lastID: UInt64 = 0
    }

    let multi: MultiHandle
    private let state = Mutex(State())

    init(_ multi: MultiHandle) {
        self.multi = multi
    }

    /// Has an exchange made on the transfer thread. Cancelling the task ends it.
    func exchange(
        _ request: TransportRequest,
        with target: Target,
        anchors: TrustAnchors?,
        deadline: SuspendingClock.Instant
    ) async -> Answer {
        if Task.isCancelled { return Answer(.cancelled, requestSent: false) }
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let transfer = Transfer(
                    id: id,
                    request: request,
                    target: target,
                    anchors: anchors,
                    deadline: deadline,
                    continuation: continuation
                )
                guard post(.start(transfer)) else { return transfer.fail(.shutDown) }
                // A cancellation before this line was posted before the start, and nobody knew it then.
                if Task.isCancelled { post(.cancel(id: id)) }
            }
        } onCancel: {
            post(.cancel(id: id))
        }
    }

    /// Leaves a message and wakes the thread.
    ///
    /// - Returns: `false` once the mailbox is closed.
    @discardableResult
    func post(_ message: Message) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.messages.append(message)
            // A wake-up that is already under way is enough, so this fails only for a handle that is none.
            let code = curl_multi_wakeup(multi.pointer)
            assert(code == CURLM_OK)
            return true
        }
    }

    /// Takes the messages that are there, in the order of their posting.
    func take() -> [Message] {
        state.withLock { state in
            defer { state.messages.removeAll() }
            return state.messages
        }
    }

    /// Takes nothing in any more.
    ///
    /// - Returns: the messages nobody took yet.
    func close() -> [Message] {
        state.withLock { state in
            state.isClosed = true
            defer { state.messages.removeAll() }
            return state.messages
        }
    }

    /// Says that the thread has ended.
    func end() {
        let waiters = state.withLock { state in
            state.hasEnded = true
            defer { state.awaitingEnd.removeAll() }
            return state.awaitingEnd
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when the thread has ended.
    func ended() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.awaitingEnd.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }
}
