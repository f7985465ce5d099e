import Glibc

/// Starts a thread of its own for work that blocks, so that the few threads of Swift's tasks are not held up.
///
/// It takes no signals: those belong to the threads that wait for them. SIGPIPE among them, so that writing to a closed
/// connection is an error and not the end of the process.
///
/// - Returns: 0, or the `errno` of the failure.
package func startThread(_ body: @escaping @Sendable () -> Void) -> Int32 {
    let start = Unmanaged.passRetained(ThreadStart(body))
    var thread = pthread_t()
    let error = pthread_create(&thread, nil, runThread, start.toOpaque())
    if error != 0 { start.release() } else { pthread_detach(thread) }
    return error
}

private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    start.body()
    return nil
}
