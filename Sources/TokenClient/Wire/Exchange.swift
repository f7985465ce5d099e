/// A request that has been sent, and the reply on its way.
///
/// Between the two the caller may `poll` the descriptor beside others, as a login does that also listens for Ctrl-C.
package struct Exchange: ~Copyable {
    private let connection: SocketConnection
    private var deadline: Deadline
    private var decoder = ReplyDecoder()

    private init(_ connection: consuming SocketConnection, deadline: Deadline) {
        self.connection = connection
        self.deadline = deadline
    }

    /// Connects and sends. Throws what `SocketConnection.connect` throws.
    package static func begin(_ request: Request, at path: String) throws(TokenClientError) -> Exchange {
        let deadline = Deadline(secondsFromNow: request.timeout)
        let connection = try SocketConnection.connect(to: path, deadline: deadline)
        try connection.send(request.wire)
        return Exchange(connection, deadline: deadline)
    }

    /// Readable when the reply has begun.
    package var descriptor: Int32 { connection.descriptor }

    /// Waits for the head of the reply. Throws `disconnected`, `malformedReply` or `timedOut`.
    package mutating func head() throws(TokenClientError) -> ReplyDecoder.Head {
        while true {
            if let head = decoder.head { return head }
            try receive()
        }
    }

    /// Waits for the rest of the body and returns what was not taken before. Throws as `head` does.
    package mutating func body() throws(TokenClientError) -> [UInt8] {
        while !decoder.isComplete { try receive() }
        return decoder.takeBody()
    }

    /// Waits for the next part of the body; `nil` when there is no more. Throws as `head` does.
    package mutating func nextPart() throws(TokenClientError) -> [UInt8]? {
        while true {
            let part = decoder.takeBody()
            if !part.isEmpty { return part }
            if decoder.isComplete { return nil }
            try receive()
        }
    }

    /// Lets the rest of the body come whenever it does.
    mutating func dropDeadline() { deadline = .never }

    private mutating func receive() throws(TokenClientError) {
        let bytes = try connection.receive(deadline: deadline)
        if bytes.isEmpty { try decoder.end() } else { try decoder.feed(bytes) }
    }
}
