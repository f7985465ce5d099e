import LocalAPI
package import OAuth
import Synchronization

/// The way back to the engine for what it works with, and which is made before it: an account's request may need the token
/// of another account, or a role that another account has.
package final class EngineLink: Sendable {
    private struct End {
        weak var engine: Engine?
    }

    private let end = Mutex(End())

    /// Leads nowhere as yet.
    package init() {}

    /// Leads to an engine from now on.
    package func connect(to engine: Engine) { end.withLock { $0.engine = engine } }

    /// The engine.
    ///
    /// - Throws: that it is gone; what it was wanted for has not been sent.
    package func engine() throws(Failure) -> Engine {
        guard let engine = end.withLock({ $0.engine }) else {
            throw Failure(.temporary(.notSent), code: Failure.Code.stopping, detail: "tokend is stopping")
        }
        return engine
    }

    /// The same for somebody who reads.
    func engineForReaders(of account: String) throws(Problem) -> Engine {
        guard let engine = try? engine() else {
            throw Problem(.temporarilyUnavailable, "tokend is stopping", account: account, retryAfter: 1)
        }
        return engine
    }
}

extension Failure.Code {
    /// The daemon stops.
    package static let stopping = "stopping"
}
