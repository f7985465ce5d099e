/// One exchange as it is handed to the transfer thread.
struct Transfer: Sendable {
    let id: UInt64
    let request: TransportRequest
    let target: Target
    let anchors: TrustAnchors?
    let deadline: SuspendingClock.Instant
    let continuation: CheckedContinuation<Answer, Never>

    /// Gives the answer to who waits for it. Done exactly once.
    func finish(_ answer: Answer) { continuation.resume(returning: answer) }

    /// Gives it up before anything was sent.
    func fail(_ error: TransportError) { finish(Answer(error, requestSent: false)) }
}

extension Duration {
    /// Whole milliseconds as libcurl and `poll` take them, rounded up: at least 1, since 0 stands for no limit there, and
    /// within 32 bits.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1000 else { return Int(Int32.max) }
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return max(1, Int(milliseconds))
    }
}
