import Gateways
import Testing

@Suite("Plain requests for a token")
struct PlainTokenRequestTests {
    private static let line = "GET /v1/accounts/work/token HTTP/1.1\r\n"

    private static func read(_ text: String) -> PlainTokenRequest? {
        Array(text.utf8).withUnsafeBytes { PlainTokenRequest($0) }
    }

    @Test(
        "What clients commonly send is recognised",
        arguments: [
            ("\(line)\r\n", "work", .json, false),
            ("\(line)Host: tokend\r\n\r\n", "work", .json, false),
            ("\(line)Host: tokend\r\nAccept: application/json\r\nConnection: close\r\n\r\n", "work", .json, true),
            ("\(line)Host: localhost\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n", "work", .json, false),
            ("\(line)host: tokend\r\nconnection: keep-alive\r\naccept: text/plain\r\n\r\n", "work", .plain, false),
            ("GET /v1/accounts/a.b_c@d+e-9/token HTTP/1.1\r\n\r\n", "a.b_c@d+e-9", .json, false),
        ] as [(String, String, TokenForm, Bool)]
    )
    func recognised(text: String, account: String, form: TokenForm, isLast: Bool) throws {
        let request = try #require(Self.read(text))
        #expect(request.account == account)
        #expect(request.form == form)
        #expect(request.isLast == isLast)
    }

    @Test(
        "All else is left to the decoder",
        arguments: [
            "", "GET", line, "\(line)Host: tokend\r\n", "\(line)\n", "\(line)\r\nx", "\(line)\r\n\(line)\r\n",
            "GET /v1/accounts//token HTTP/1.1\r\n\r\n", "GET /v1/accounts/a%62/token HTTP/1.1\r\n\r\n",
            "GET /v1/accounts/work/token?wait=1 HTTP/1.1\r\n\r\n", "GET /v1/accounts/work/token HTTP/1.0\r\n\r\n",
            "POST /v1/accounts/work/token HTTP/1.1\r\n\r\n", "GET /v1/accounts/work/tokens HTTP/1.1\r\n\r\n",
            "GET /v1/accounts/\(String(repeating: "a", count: 65))/token HTTP/1.1\r\n\r\n",
            "\(line)Host: evil\r\n\r\n", "\(line)Host: tokend:80\r\n\r\n",
            "\(line)Host: tokend\r\nHost: tokend\r\n\r\n",
            "\(line)Origin: x\r\n\r\n", "\(line)Content-Length: 0\r\n\r\n", "\(line)Expect: 100-continue\r\n\r\n",
            "\(line)Accept: text/plain;q=1\r\n\r\n", "\(line)Accept: text/html\r\n\r\n",
            "\(line)Connection: upgrade\r\n\r\n", "\(line)Connection: close, x\r\n\r\n",
            "\(line)User-Agent: \u{1}\r\n\r\n", "\(line)User-Agent: \u{E9}\r\n\r\n",
            "\(line)User-Agent: a\rb\r\n\r\n", "\(line)Host : tokend\r\n\r\n", "\(line) Host: tokend\r\n\r\n",
            "\(line)User-Agent: \(String(repeating: "x", count: 1024))\r\n\r\n",
        ]
    )
    func left(text: String) {
        #expect(Self.read(text) == nil)
    }

    @Test("Where a request is read makes no difference to its reply, whatever byte of it is changed")
    func sameAsDecoder() async throws {
        let plain = "\(Self.line)Host: tokend\r\nUser-Agent: x/1\r\nAccept: text/plain\r\nConnection: close\r\n\r\n"
        let bytes = Array(plain.utf8)
        // The first request of this connection is not plain, so the decoder reads all that follow.
        let toDecoder = RunningGateway.request("GET", "/v1/nothing")
        try await RunningGateway.with { running in
            running.publish()
            try await onThread { [path = running.path] in
                for index in bytes.indices {
                    for byte in "\0\r\n /:xE".utf8 {
                        var changed = bytes
                        changed[index] = byte
                        let text = String(decoding: changed, as: UTF8.self)
                        let here = try Client(path)
                        here.send(text)
                        here.finishSending()
                        let there = try Client(path)
                        _ = try there.exchange(toDecoder)
                        there.send(text)
                        there.finishSending()
                        let replies = (try here.takeAll(), try there.takeAll())
                        #expect(Self.normal(replies.0) == Self.normal(replies.1), "byte \(index) is \(byte)")
                    }
                }
            }
        }
    }

    /// A ready-made reply pads `close`; whether a connection closes that the client closed itself is not at issue.
    private static func normal(_ reply: String) -> String {
        reply.replacing("connection: close     ", with: "connection: close")
            .replacing("connection: keep-alive", with: "connection: close")
    }
}
