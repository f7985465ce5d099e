import Testing
import TokenClient

@Suite struct ReplyDecoderTests {
    /// Replies that are whole, each with its body.
    static let whole: [(wire: String, body: String)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"),
        ("HTTP/1.1 200\r\ncontent-LENGTH:5\r\n\r\nhello", "hello"),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        ("HTTP/1.1 204 No Content\r\n\r\n", ""),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", "hello"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
            "0123456789"
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\r\n\r\n", "\r\n\r\n"),
    ]

    @Test("A reply is understood whatever portions it comes in", arguments: whole, [1, 2, 3, 7, 4096])
    func portions(reply: (wire: String, body: String), size: Int) throws {
        var decoder = ReplyDecoder()
        var body: [UInt8] = []
        var rest = Array(reply.wire.utf8)[...]
        while !rest.isEmpty {
            #expect(!decoder.isComplete)
            try decoder.feed(Array(rest.prefix(size)))
            body += decoder.takeBody()
            rest = rest.dropFirst(size)
        }
        #expect(decoder.isComplete)
        #expect(String(decoding: body, as: UTF8.self) == reply.body)
        try decoder.end()
    }

    @Test("The head tells the status and the media type without its parameters")
    func head() throws {
        var decoder = ReplyDecoder()
        try decoder.feed(Array("HTTP/1.1 503 Later\r\nContent-Type: Text/Plain ; charset=utf-8\r\n\r\n".utf8))
        let head = try #require(decoder.head)
        #expect(head.status == 503)
        #expect(head.mediaType == "text/plain")
    }

    @Test("A body without a length ends with the connection")
    func untilClose() throws {
        var decoder = ReplyDecoder()
        try decoder.feed(Array("HTTP/1.1 200 OK\r\n\r\nhel".utf8))
        try decoder.feed(Array("lo".utf8))
        #expect(!decoder.isComplete)
        try decoder.end()
        #expect(decoder.isComplete)
        #expect(decoder.takeBody() == Array("hello".utf8))
    }

    @Test(
        "What tokend would not send is refused",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "HTTP/2 200 OK\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 2000\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 0\n\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\n folded: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\n",
        ]
    )
    func refused(wire: String) {
        let error = #expect(throws: TokenClientError.self) {
            var decoder = ReplyDecoder()
            try decoder.feed(Array(wire.utf8))
        }
        #expect(error?.code == .malformedReply)
    }

    @Test("A head without an end is refused before it fills the memory")
    func endlessHead() {
        var decoder = ReplyDecoder()
        let error = #expect(throws: TokenClientError.self) {
            for _ in 0..<100 { try decoder.feed(Array(repeating: UInt8(ascii: "a"), count: 1000)) }
        }
        #expect(error?.code == .malformedReply)
    }

    @Test("A body that nobody could want is refused before it fills the memory")
    func endlessBody() {
        var decoder = ReplyDecoder()
        let portion = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        let error = #expect(throws: TokenClientError.self) {
            try decoder.feed(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
            for _ in 0..<20 { try decoder.feed(portion) }
        }
        #expect(error?.code == .malformedReply)
    }

    @Test("A reply cut short at any byte is known to be cut short", arguments: whole.filter { !$0.body.isEmpty })
    func truncated(reply: (wire: String, body: String)) {
        let wire = Array(reply.wire.utf8)
        for length in 0..<wire.count {
            let error = #expect(throws: TokenClientError.self) {
                var decoder = ReplyDecoder()
                try decoder.feed(Array(wire[..<length]))
                try decoder.end()
            }
            #expect(error?.code == .disconnected, "after \(length) bytes")
        }
    }
}
