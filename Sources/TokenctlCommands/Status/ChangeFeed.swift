import TokenClient

/// Word from the daemon that something happened, across its restarts.
struct ChangeFeed: ~Copyable {
    private let client: TokenClient
    private var stream: EventStream?
    /// Readable when there is word; -1, which `poll` passes over, while there is no daemon.
    private(set) var descriptor: Int32

    /// Begins to listen. Throws where there is no daemon.
    init(_ client: TokenClient) throws(TokenClientError) {
        let stream = try client.events()
        self.client = client
        descriptor = stream.descriptor
        self.stream = consume stream
    }

    /// Whether the daemon is there, as far as is known.
    var isConnected: Bool { descriptor >= 0 }

    /// Takes the word that has come; call it when the descriptor is readable. Returns whether something happened. The
    /// daemon's end and a broken stream come to the same: the daemon is gone.
    mutating func take() -> Bool {
        do {
            if let events = try stream?.read() { return !events.isEmpty }
        } catch {
            // What is wrong with the stream, the next attempt to open one will tell.
        }
        stream = nil
        descriptor = -1
        return false
    }

    /// Looks for a daemon that has gone. Returns whether it is back.
    mutating func reconnect() -> Bool {
        guard let stream = try? client.events(within: Request.briefly) else { return false }
        descriptor = stream.descriptor
        self.stream = consume stream
        return true
    }
}
