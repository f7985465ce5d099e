import HTTPTypes
import Testing
import Transport

@Suite("Which connection carries a request", .timeLimit(.minutes(1)))
struct ConnectionTests {
    /// A server whose first connection answers one request and dies over the second, as idle connections do.
    private func dyingServer(later: ScriptedServer.Step...) throws -> ScriptedServer {
        try ScriptedServer { connection in
            connection == 0 ? [.read, .write(ok("first")), .read] : [.read] + later
        }
    }

    @Test(
        "a POST is sent once and no more, even when every connection dies over it",
        arguments: [TransportRequest.Connection.fresh, .reusable]
    )
    func once(connection: TransportRequest.Connection) async throws {
        let server = try dyingServer()
        let transport = try makeTransport()
        let get = TransportRequest(head: head(.get, port: server.port), connection: .reusable)
        #expect(await transport.send(get).summary == "answered 200")
        let head = head(.post, port: server.port)
        let post = TransportRequest(head: head, body: Array("refresh_token=b".utf8), connection: connection)
        #expect(await transport.send(post).summary == "unknown: no_answer")
        #expect(server.requests.map(\.connection) == [0, 1])
    }

    @Test("a GET on a reused connection that dies is sent again, which is why no POST may be")
    func twice() async throws {
        let server = try dyingServer(later: .write(ok("third")))
        let transport = try makeTransport()
        let get = TransportRequest(head: head(.get, port: server.port), connection: .reusable)
        #expect(await transport.send(get).text == "first")
        #expect(await transport.send(get).text == "third")
        #expect(server.requests.map(\.connection) == [0, 0, 1])
    }

    @Test("a fresh connection is closed as soon as its answer is there")
    func closed() async throws {
        let server = try ScriptedServer(.read, .write(ok("")), .hang)
        let transport = try makeTransport()
        for count in 1...2 {
            #expect(
                await transport.send(TransportRequest(head: head(.get, port: server.port))).summary == "answered 200"
            )
            await server.closed(count)
        }
        #expect(server.connections == 2)
    }
}
