package import LocalAPI

/// Hears of every token that leaves the daemon: who read which.
package protocol TokenAudit: Sendable {
    /// A token is on its way to a reader.
    ///
    /// Called on the socket's thread, between a request and its reply: it may put a note into a queue and nothing more.
    func handedOut(_ kind: TokenQuery.Kind, of account: String, to peer: Peer)
}
