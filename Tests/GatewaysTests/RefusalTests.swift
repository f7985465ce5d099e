import Gateways
import Glibc
import LocalAPI
import Testing

private typealias R = RunningGateway

@Suite("Clients that are refused")
struct RefusalTests {
    @Test("Another user's process gets no byte")
    func foreignUser() async throws {
        try await RunningGateway.with(uid: geteuid() + 1) { running in
            running.publish()
            let all = try await onThread { [path = running.path] in
                let client = try Client(path)
                client.send(R.request("GET", "/v1/accounts/work/token"))
                return try client.takeAll()
            }
            #expect(all == "")
            #expect(running.audit.entries == [])
            #expect(running.gateway.connections == 0)
        }
    }

    @Test(
        "What a web page could cause is refused, and the connection closes",
        arguments: [
            ["Origin: null"], ["Origin: https://evil.example"], ["Referer: http://tokend/"], ["Host: evil.example"],
            ["Host: tokend:80"], ["Host: localhost:1"], ["Host: 127.0.0.1"],
        ]
    )
    func webPages(fields: [String]) async throws {
        try await RunningGateway.with { running in
            running.publish()
            let (reply, rest) = try await onThread { [path = running.path] in
                let client = try Client(path)
                let lines = fields.map { "\($0)\r\n" }.joined()
                let reply = try client.exchange("GET /v1/accounts/work/token HTTP/1.1\r\n\(lines)\r\n")
                client.finishSending()
                return (reply, try client.takeAll())
            }
            #expect(reply.status == 403)
            #expect(reply.body.contains(#""code":"forbidden""#))
            #expect(reply.fields["connection"] == "close")
            #expect(rest == "")
            #expect(running.audit.entries == [])
        }
    }

    @Test(
        "What is no HTTP/1.1 is refused, and the connection closes",
        arguments: [
            "\r\n\0\u{1}\u{2}garbage\r\n\r\n", "GET\r\n\r\n", "GET /v1/status\r\n\r\n",
            "GET /v1/status HTTP/2.0\r\n\r\n", "GET /v1/status HTTP/1.1\r\nbad header\r\n\r\n",
            "GET /v1/status HTTP/1.1\r\nHost: tokend\r\nHost: tokend\r\n\r\n",
            "POST /v1/reload HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "POST /v1/reload HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "POST /v1/reload HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST /v1/reload HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ]
    )
    func garbage(bytes: String) async throws {
        try await RunningGateway.with { running in
            let (reply, rest) = try await onThread { [path = running.path] in
                let client = try Client(path)
                let reply = try client.exchange(bytes)
                client.finishSending()
                return (reply, try client.takeAll())
            }
            #expect(reply.status == 400)
            #expect(reply.body.contains(#""code":"invalid_request""#))
            #expect(rest == "")
            #expect(running.service.calls == [])
        }
    }

    @Test("A head beyond 8 KiB is refused, one below is not")
    func headSize() async throws {
        try await RunningGateway.with { running in
            let fits = try await running.exchange(
                R.request("GET", "/v1/nothing", "X-Long: \(String(repeating: "x", count: 8000))")
            )
            #expect(fits.status == 404)
            for fields in [
                "X-Long: \(String(repeating: "x", count: 1 << 20))",
                String(repeating: "X-Many: 123456789012345678901234567890\r\n", count: 250) + "X: 1",
            ] {
                let reply = try await running.exchange(R.request("GET", "/v1/nothing", fields))
                #expect(reply.status == 413)
                #expect(reply.body.contains(#""code":"too_large""#))
                #expect(reply.fields["connection"] == "close")
            }
        }
    }

    @Test("A body beyond 64 KiB is refused, announced or not, and one below is not")
    func bodySize() async throws {
        try await RunningGateway.with { running in
            let path = "/v1/accounts/work/login"
            let fits = #"{"refresh_token":"\#(String(repeating: "r", count: 65_000))"}"#
            let accepted = try await running.exchange(R.request("POST", path, body: fits))
            #expect(accepted.status == 200)
            let tooLarge = String(repeating: " ", count: 65_537)
            let announced = try await running.exchange(R.request("POST", path, body: tooLarge))
            let inChunks = try await running.exchange(
                R.request("POST", path, "Transfer-Encoding: chunked") + "10001\r\n\(tooLarge)\r\n0\r\n\r\n"
            )
            for reply in [announced, inChunks] {
                #expect(reply.status == 413)
                #expect(reply.body.contains(#""code":"too_large""#))
                #expect(reply.fields["connection"] == "close")
            }
            #expect(running.service.calls.count == 1)
        }
    }

    @Test("A client that sends a megabyte too much still sees why it was refused")
    func lingering() async throws {
        try await RunningGateway.with { running in
            let reply = try await running.exchange(
                R.request("POST", "/v1/reload", "Content-Length: 1000000") + String(repeating: "x", count: 1_000_000)
            )
            #expect(reply.status == 413)
        }
    }
}
