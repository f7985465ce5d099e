import HTTPTypes
import Testing
import Transport

@Suite("Giving up", .timeLimit(.minutes(1)))
struct CancellationTests {
    @Test("cancelling a task ends its transfer at once and no other")
    func cancelled() async throws {
        let server = try ScriptedServer { connection in
            connection == 0 ? [.read, .hang] : [.read, .write(ok("second"))]
        }
        let transport = try makeTransport()
        let request = TransportRequest(head: head(.post, port: server.port))
        let first = Task { await transport.send(request) }
        await server.received(1)
        first.cancel()
        #expect(await first.value.summary == "unknown: cancelled")
        await server.closed(1)
        #expect(await transport.send(request).text == "second")
    }

    @Test("a task cancelled beforehand sends nothing")
    func beforehand() async throws {
        let server = try ScriptedServer(.read, .write(ok("")))
        let transport = try makeTransport()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await transport.send(TransportRequest(head: head(.post, port: server.port)))
        }
        #expect(await task.value.summary == "not sent: cancelled")
        #expect(server.connections == 0)
    }

    @Test("a task cancelled while it waits in line sends nothing")
    func inLine() async throws {
        let server = try ScriptedServer(.read, .hang)
        let transport = try makeTransport(limits: Transport.Limits(connections: 1))
        let request = TransportRequest(head: head(.post, port: server.port))
        let first = Task { await transport.send(request) }
        await server.received(1)
        let second = Task { await transport.send(request) }
        second.cancel()
        #expect(await second.value.summary == "not sent: cancelled")
        first.cancel()
        #expect(await first.value.summary == "unknown: cancelled")
        #expect(server.connections == 1)
    }

    @Test("cancelling while a connection is being made sends nothing")
    func connecting() async throws {
        let server = try ScriptedServer(.hang)
        let transport = try makeTransport()
        let head = head(.post, scheme: "https", port: server.port)
        let task = Task { await transport.send(TransportRequest(head: head)) }
        await server.accepted(1)
        task.cancel()
        #expect(await task.value.summary == "not sent: cancelled")
    }

    @Test("shutting down ends every transfer, and later ones never start")
    func shutdown() async throws {
        let server = try ScriptedServer(.read, .hang)
        let transport = try makeTransport(limits: Transport.Limits(connections: 4))
        let request = TransportRequest(head: head(.post, port: server.port))
        let sends = (0..<8).map { _ in Task { await transport.send(request) } }
        await server.received(4)
        await transport.shutdown()
        var outcomes: [String] = []
        for send in sends { outcomes.append(await send.value.summary) }
        #expect(
            outcomes.sorted() == Array(repeating: "not sent: cancelled", count: 4)
                + Array(repeating: "unknown: cancelled", count: 4)
        )
        await server.closed(4)
        #expect(await transport.send(request).summary == "not sent: cancelled")
        await transport.shutdown()
        #expect(server.connections == 4)
    }

    @Test("a transport that nobody holds any more ends by itself")
    func released() async throws {
        let server = try ScriptedServer(.read, .write(ok("")), .hang)
        do {
            let request = TransportRequest(head: head(.get, port: server.port), connection: .reusable)
            #expect(try await makeTransport().send(request).summary == "answered 200")
        }
        // The connection was kept for reuse; it closes because the thread's handle goes.
        await server.closed(1)
    }
}
