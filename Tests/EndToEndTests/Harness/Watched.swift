import Synchronization

/// A value that some thread changes and tests wait for, without asking it again and again.
final class Watched<Value: Sendable>: Sendable {
    private struct Waiter {
        var condition: @Sendable (Value) -> Bool
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var value: Value
        var waiters: [Int: Waiter] = [:]
        var lastWaiter = 0
    }

    private let state: Mutex<State>

    init(_ value: Value) { state = Mutex(State(value: value)) }

    /// The value as it is now.
    var value: Value { state.withLock { $0.value } }

    /// Changes the value and lets those go on whose condition holds now.
    @discardableResult
    func change<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        let (result, satisfied) = state.withLock { state in
            let result = body(&state.value)
            let satisfied = state.waiters.filter { $0.value.condition(state.value) }
            for waiter in satisfied.keys { state.waiters[waiter] = nil }
            return (result, satisfied.values.map(\.continuation))
        }
        for continuation in satisfied { continuation.resume(returning: true) }
        return result
    }

    /// Returns the value as soon as the condition holds.
    ///
    /// Throws `CancellationError` when the task is cancelled before that, as a test's time limit does.
    @discardableResult
    func until(_ condition: @escaping @Sendable (Value) -> Bool) async throws -> Value {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let holds = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let holds: Bool? = state.withLock { state in
                    if condition(state.value) { return true }
                    if Task.isCancelled { return false }
                    state.waiters[number] = Waiter(condition: condition, continuation: continuation)
                    return nil
                }
                if let holds { continuation.resume(returning: holds) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
            waiter?.continuation.resume(returning: false)
        }
        guard holds else { throw CancellationError() }
        return value
    }
}
