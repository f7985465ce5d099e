package import LocalAPI

/// The daemon's events as they happen, over a connection that stays open.
package struct EventStream: ~Copyable {
    private var exchange: Exchange
    private var decoder = EventDecoder()

    /// Goes on with an exchange whose head has come. From then on the daemon may be silent for as long as it likes.
    init(_ exchange: consuming Exchange) {
        exchange.dropDeadline()
        self.exchange = exchange
    }

    /// Readable when something has come, or the daemon has gone. For `poll`.
    package var descriptor: Int32 { exchange.descriptor }

    /// Waits for bytes and returns the events that they complete: none at times, `nil` once the daemon has ended the
    /// stream. Throws `disconnected` or `malformedReply`.
    package mutating func read() throws(TokenClientError) -> [ServerEvent]? {
        guard let bytes = try exchange.nextPart() else { return nil }
        return try decoder.feed(bytes)
    }
}
