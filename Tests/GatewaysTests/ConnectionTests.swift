import Gateways
import LocalAPI
import Testing

private typealias R = RunningGateway

@Suite("Connections")
struct ConnectionTests {
    private static let tokens: [String: Result<TokenAnswer, Problem>] = [
        "parked": .success(Samples.answer("parked", token: "late", expiresIn: 9))
    ]

    @Test("Requests that are sent all at once are answered in their order, whether at once or later")
    func pipelined() async throws {
        try await RunningGateway.with(tokens: Self.tokens) { running in
            running.publish()
            let replies = try await onThread { [path = running.path, service = running.service] in
                let client = try Client(path)
                client.send(
                    R.request("GET", "/v1/accounts/work/token") + R.request("GET", "/v1/accounts/parked/token")
                        + R.request("GET", "/v1/accounts/work/token", "Accept: text/plain")
                        + R.request("GET", "/v1/nothing") + R.request("POST", "/v1/reload")
                        + R.request("GET", "/v1/status")
                )
                let first = try client.reply()
                service.releaseOnceParked()
                return try [first] + (0..<5).map { _ in try client.reply() }
            }
            #expect(replies.map(\.status) == [200, 200, 200, 404, 204, 200])
            #expect(replies[0].body == Samples.tokenJSON(3600))
            #expect(replies[1].body == Samples.tokenJSON(9, account: "parked", token: "late"))
            #expect(replies[2].body == "secret-token")
            #expect(running.service.calls.suffix(2) == ["reload", "status 1"])
        }
    }

    @Test("A body that is held back until it is asked for is asked for when its turn has come")
    func pipelinedContinue() async throws {
        try await RunningGateway.with(tokens: Self.tokens) { running in
            let statuses = try await onThread { [path = running.path, service = running.service] in
                let client = try Client(path)
                client.send(
                    R.request("GET", "/v1/accounts/parked/token")
                        + R.request("POST", "/v1/accounts/new/login", "Content-Length: 2", "Expect: 100-continue")
                )
                service.releaseOnceParked()
                let statuses = try [client.reply().status, client.reply().status]
                return statuses + [try client.exchange("{}").status]
            }
            #expect(statuses == [200, 100, 201])
        }
    }

    @Test("A thousand requests in one go are answered one by one, over a connection that stays open")
    func manyPipelined() async throws {
        try await RunningGateway.with { running in
            running.publish()
            let bodies = try await onThread { [path = running.path] in
                let client = try Client(path)
                // Half of a megabyte of replies: the client has to read while it sends, as the kernel holds less.
                for _ in 0..<10 {
                    client.send(String(repeating: R.request("GET", "/v1/accounts/work/token"), count: 100))
                    for _ in 0..<100 { _ = try client.reply() }
                }
                return try client.exchange(R.request("GET", "/v1/accounts/work/token")).body
            }
            #expect(bodies == Samples.tokenJSON(3600))
            #expect(running.audit.entries.count == 1001)
        }
    }

    @Test("A request that comes byte by byte is answered as one that comes whole")
    func byteByByte() async throws {
        try await RunningGateway.with { running in
            running.publish()
            let reply = try await onThread { [path = running.path] in
                let client = try Client(path)
                for character in R.request("GET", "/v1/accounts/work/token") { client.send(String(character)) }
                return try client.reply()
            }
            #expect(reply.body == Samples.tokenJSON(3600))
        }
    }

    @Test(
        "A connection closes after the reply when the client wants it to",
        arguments: [
            ("GET /v1/accounts/work/token HTTP/1.1\r\nHost: tokend\r\nConnection: close\r\n\r\n", true),
            ("GET /v1/accounts/work/token HTTP/1.1\r\nHost: tokend\r\nConnection: x, Close\r\n\r\n", true),
            ("GET /v1/accounts/work/token HTTP/1.0\r\n\r\n", true),
            ("GET /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n", false),
            ("GET /v1/nothing HTTP/1.0\r\n\r\n", false),
            ("GET /v1/status HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", false),
        ] as [(String, Bool)]
    )
    func closing(request: String, isToken: Bool) async throws {
        try await RunningGateway.with { running in
            running.publish()
            let (reply, rest) = try await onThread { [path = running.path] in
                let client = try Client(path)
                let reply = try client.exchange(request)
                let rest = try client.takeAll()
                return (reply, rest)
            }
            #expect(reply.fields["connection"] == "close")
            #expect(rest == "")
            #expect((reply.body == Samples.tokenJSON(3600)) == isToken)
        }
    }

    @Test("An HTTP/1.0 client may keep its connection")
    func keepAlive() async throws {
        try await RunningGateway.with { running in
            running.publish()
            let request = "GET /v1/accounts/work/token HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
            let replies = try await onThread { [path = running.path] in
                let client = try Client(path)
                return [try client.exchange(request), try client.exchange(request)]
            }
            #expect(replies.map(\.fields["connection"]) == ["keep-alive", "keep-alive"])
        }
    }

    @Test("Requests after one that closes the connection are not answered")
    func afterTheLast() async throws {
        try await RunningGateway.with { running in
            running.publish()
            let all = try await onThread { [path = running.path] in
                let client = try Client(path)
                client.send(
                    R.request("GET", "/v1/accounts/work/token", "Connection: close", "Accept: text/plain")
                        + R.request("POST", "/v1/reload")
                )
                return try client.takeAll()
            }
            #expect(all.hasSuffix("\r\n\r\nsecret-token"))
            #expect(running.service.calls == [])
        }
    }

    @Test("A client that goes away gives up its place, and nobody else is concerned")
    func clientGone() async throws {
        try await RunningGateway.with(tokens: Self.tokens) { running in
            var client: Client? = try Client(running.path)
            client?.send(R.request("GET", "/v1/accounts/parked/token?wait=300"))
            await running.service.waitForCalls(1)
            #expect(running.service.calls == ["parked parked"])
            client = nil
            await running.service.waitForCalls(2)
            #expect(running.service.calls == ["parked parked", "cancelled parked"])
            #expect(running.audit.entries == [])
        }
    }

    @Test("A client that only says that it has sent all still gets its replies")
    func halfClosed() async throws {
        try await RunningGateway.with(tokens: Self.tokens) { running in
            running.publish()
            let all = try await onThread { [path = running.path, service = running.service] in
                let client = try Client(path)
                client.send(
                    R.request("GET", "/v1/accounts/parked/token", "Accept: text/plain")
                        + R.request("GET", "/v1/accounts/work/token", "Accept: text/plain")
                )
                client.finishSending()
                service.releaseOnceParked()
                return try client.takeAll()
            }
            let replies = all.split(separator: "HTTP/1.1 ")
            #expect(replies.count == 2)
            #expect(replies.first?.hasSuffix("\r\n\r\nlate") == true)
            #expect(replies.last?.hasSuffix("connection: close     \r\n\r\nsecret-token") == true)
        }
    }

    @Test("Events are sent as they come, after the one that the client has seen last")
    func events() async throws {
        try await RunningGateway.with { running in
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n"
                + "connection: close\r\n\r\n"
            let (all, resumed) = try await onThread { [path = running.path] in
                let client = try Client(path)
                client.send(R.request("GET", "/v1/events"))
                let all = try client.take(through: "data: {\"n\":3}\n\n")
                let second = try Client(path)
                second.send(R.request("GET", "/v1/events", "Last-Event-ID: 2"))
                return (all, try second.take(through: "\n\n"))
            }
            let events = (1...3).map { "id: \($0)\nevent: token\ndata: {\"n\":\($0)}\n\n" }
            #expect(all == head + events.joined())
            #expect(resumed == head + events[2])
            // Both streams end with their clients.
            await running.service.waitForCalls(4)
            #expect(running.service.calls.filter { $0 != "events ended" } == ["events -", "events 2"])
            #expect(running.service.calls.count { $0 == "events ended" } == 2)
        }
    }
}
