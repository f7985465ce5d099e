internal import LocalAPI
internal import NIOCore

/// The short way to a token: from the published table straight into the connection.
struct CachedTokens: Sendable {
    let published: PublishedTokens
    let audit: any TokenAudit
    /// The boot clock.
    let now: @Sendable () -> Duration

    /// The ready-made reply, noted for the audit; `nil` when the daemon has to be asked.
    func reply(
        to query: TokenQuery,
        of account: String,
        form: TokenForm,
        isLast: Bool,
        peer: Peer
    ) -> ByteBuffer? {
        guard query.isPlain else { return nil }
        let reply = published.reply(
            account: account,
            kind: query.kind,
            form: form,
            minValid: query.minValid,
            isLast: isLast,
            now: now()
        )
        if reply != nil { audit.handedOut(.token(query.kind), of: account, to: peer) }
        return reply
    }

    /// The ready-made reply to a plain request.
    func reply(to request: PlainTokenRequest, peer: Peer) -> ByteBuffer? {
        reply(to: TokenQuery(), of: request.account, form: request.form, isLast: request.isLast, peer: peer)
    }
}
