import Glibc
import HTTPTypes
import Testing
import Transport

@Suite("Faults, and whether the server may have acted on the request", .timeLimit(.minutes(1)))
struct FaultTests {
    /// A way in which a server fails after it has read the request.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [ScriptedServer.Step]
        let outcome: String

        init(_ description: String, _ outcome: String, _ steps: ScriptedServer.Step...) {
            testDescription = description
            self.steps = steps
            self.outcome = outcome
        }

        static let all = [
            Fault("closes", "unknown: no_answer"),
            Fault("resets", "unknown: no_answer", .reset),
            Fault("hangs", "unknown: timeout", .hang),
            Fault("hangs in the head", "unknown: timeout", .write("HTTP/1.1 200 OK\r\nContent-"), .hang),
            Fault(
                "hangs in the body",
                "unknown: timeout",
                .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12"),
                .hang
            ),
            Fault("breaks off in the status line", "unknown: no_answer", .write("HTT")),
            Fault("breaks off after an interim answer", "unknown: truncated", .write("HTTP/1.1 103 Wait\r\n\r\n")),
            Fault("breaks off in the head", "unknown: truncated", .write("HTTP/1.1 200 OK\r\nContent-Le")),
            Fault(
                "breaks off in the body",
                "unknown: truncated",
                .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12")
            ),
            Fault(
                "resets in the body",
                "unknown: truncated",
                .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
                .reset
            ),
            Fault(
                "breaks off between chunks",
                "unknown: truncated",
                .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n")
            ),
            Fault("sends garbage", "unknown: not_http", .write("SSH-2.0-OpenSSH_9.2\r\n")),
            Fault(
                "sends a broken compression",
                "unknown: not_http",
                .write(ok("not gzip", fields: "Content-Encoding: gzip\r\n"))
            ),
            Fault(
                "sends header fields without end",
                "unknown: too_large",
                .write("HTTP/1.1 200 OK\r\n"),
                .pour("X-A: b\r\n")
            ),
            Fault("sends interim answers without end", "unknown: too_large", .pour("HTTP/1.1 103 Wait\r\n\r\n")),
        ]
    }

    @Test("a request whose answer never came whole is unknown, never half an answer", arguments: Fault.all)
    func afterReading(fault: Fault) async throws {
        let server = try ScriptedServer { _ in [.read] + fault.steps }
        let head = head(.post, port: server.port)
        let request = TransportRequest(head: head, body: Array("a=b".utf8), timeout: .seconds(2))
        let outcome = try await makeTransport().send(request)
        #expect(outcome.summary == fault.outcome)
        #expect(server.requests.count == 1)
    }

    @Test("a refused connection is not sent")
    func refused() async throws {
        let (descriptor, port) = try boundSocket()
        defer { close(descriptor) }
        let outcome = try await makeTransport().send(TransportRequest(head: head(.post, port: port)))
        #expect(outcome.summary == "not sent: connect")
        #expect(outcome.error?.message.contains("Connection refused") == true)
    }

    @Test("a name that cannot be resolved is not sent")
    func unresolvable() async throws {
        let head = HTTPRequest(method: .post, scheme: "https", authority: "nothing.invalid", path: "/")
        let request = TransportRequest(head: head, connectTimeout: .seconds(5))
        #expect(try await makeTransport().send(request).summary == "not sent: dns")
    }

    @Test("a connection that does not come about in time is not sent")
    func unconnectable() async throws {
        // A listener that accepts nobody: when its queue is full, the kernel leaves further connections unanswered.
        let (listener, port) = try boundSocket()
        defer { close(listener) }
        try #require(listen(listener, 0) == 0)
        let fillers = (0..<4).map { _ in connectionWithoutWaiting(to: port) }
        defer { for filler in fillers { close(filler) } }
        let request = TransportRequest(head: head(.post, port: port), connectTimeout: .milliseconds(300))
        #expect(try await makeTransport().send(request).summary == "not sent: timeout")
    }

    @Test("a transfer that stalls ends before its deadline")
    func stall() async throws {
        let server = try ScriptedServer(.read, .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1"), .hang)
        let transport = try makeTransport(limits: Transport.Limits(stall: .seconds(1)))
        let outcome = await transport.send(TransportRequest(head: head(.get, port: server.port), timeout: .seconds(50)))
        #expect(outcome.summary == "unknown: timeout")
    }

    @Test("a deadline holds while waiting in line for a connection, and then nothing was sent")
    func deadlineInLine() async throws {
        let server = try ScriptedServer(.read, .hang)
        let transport = try makeTransport(limits: Transport.Limits(connections: 1))
        async let first = transport.send(TransportRequest(head: head(.post, port: server.port)))
        await server.received(1)
        let second = TransportRequest(head: head(.post, port: server.port), timeout: .milliseconds(100))
        #expect(await transport.send(second).summary == "not sent: timeout")
        await transport.shutdown()
        #expect(await first.summary == "unknown: cancelled")
        #expect(server.connections == 1)
    }

    @Test("a request that has no time left is not sent", arguments: [Duration.zero, .seconds(-1)])
    func late(timeout: Duration) async throws {
        let server = try ScriptedServer(.read, .write(ok("")))
        let request = TransportRequest(head: head(.post, port: server.port), timeout: timeout)
        let outcome = try await makeTransport().send(request)
        #expect(outcome.summary == "not sent: timeout")
        #expect(server.connections == 0)
    }

    @Test("an endless body is cut at the limit")
    func endless() async throws {
        let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
        let server = try ScriptedServer(
            .read,
            .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            .pour(chunk)
        )
        let outcome = try await makeTransport().send(TransportRequest(head: head(.get, port: server.port)))
        #expect(outcome.summary == "unknown: too_large")
        await server.closed(1)
        // The limit and what the kernel's buffers take on both sides.
        #expect(server.written < 24 * 1024 * 1024)
    }

    @Test("a gzip bomb is cut at the limit, counted after decompression, in bounded memory")
    func bomb() async throws {
        let bomb = Gzip.bomb(size: 64 * 1024 * 1024)
        let server = try ScriptedServer(
            .read,
            .write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n"),
            .bytes(bomb)
        )
        let before = peakMemory
        let outcome = try await makeTransport().send(TransportRequest(head: head(.get, port: server.port)))
        #expect(outcome.summary == "unknown: too_large")
        #expect(peakMemory - before < 32 * 1024 * 1024)
    }

    @Test("plain HTTP to a host that is not loopback is refused without a connection")
    func unencrypted() async throws {
        let server = try ScriptedServer(.read, .write(ok("")))
        let transport = try makeTransport()
        let mapped = TransportRequest(head: head(.post, host: "[::ffff:127.0.0.1]", port: server.port))
        #expect(await transport.send(mapped).summary == "not sent: invalid_request")
        let loopback = TransportRequest(head: head(.post, port: server.port))
        #expect(await transport.send(loopback).summary == "answered 200")
        #expect(server.connections == 1)
    }

    @Test("no error repeats a query, a header field, a body or an answer", arguments: Fault.all)
    func silent(fault: Fault) async throws {
        let server = try ScriptedServer { _ in [.read] + fault.steps }
        let fields: HTTPFields = [.authorization: "Bearer canary"]
        let request = TransportRequest(
            head: head(.post, port: server.port, path: "/canary?token=canary", fields: fields),
            body: Array("refresh_token=canary".utf8),
            timeout: .seconds(2)
        )
        let error = try #require(await makeTransport().send(request).error)
        var dumped = ""
        dump(error, to: &dumped)
        #expect(!dumped.contains("canary"))
        #expect(!"\(error)".isEmpty)
    }
}

/// Begins a connection to 127.0.0.1 without waiting for it to come about.
private func connectionWithoutWaiting(to port: UInt16) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    withUnsafePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            _ = connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    return descriptor
}

/// The most memory this process has had resident, in bytes.
private var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
}
