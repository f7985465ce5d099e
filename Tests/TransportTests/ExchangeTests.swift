import Glibc
import HTTPTypes
import Testing
import Transport

@Suite("What goes over the wire and what comes back", .timeLimit(.minutes(1)))
struct ExchangeTests {
    @Test("method, path, header fields and body arrive as they were given, and no field beside them")
    func exact() async throws {
        let server = try ScriptedServer(.read, .write(ok("")))
        let body = (0..<70_000).map { UInt8(truncatingIfNeeded: $0) }
        let fields: HTTPFields = [
            .authorization: "Basic Y2xpZW50OnNlY3JldA==",
            .contentType: "application/x-www-form-urlencoded",
            try #require(HTTPField.Name("X-Empty")): "",
        ]
        let request = TransportRequest(
            head: head(.post, port: server.port, path: "/a/../token?x=%20", fields: fields),
            body: body
        )
        #expect(try await makeTransport().send(request).summary == "answered 200")
        let received = try #require(server.requests.first)
        #expect(received.body == body)
        var lines = received.head.split(separator: "\r\n").map(String.init)
        #expect(lines.removeFirst() == "POST /a/../token?x=%20 HTTP/1.1")
        lines.removeAll { $0.hasPrefix("Accept-Encoding: ") && $0.contains("gzip") }
        #expect(
            Set(lines) == [
                "Host: 127.0.0.1:\(server.port)", "User-Agent: tokend/test", "Content-Length: 70000", "X-Empty:",
                "Authorization: Basic Y2xpZW50OnNlY3JldA==", "Content-Type: application/x-www-form-urlencoded",
            ]
        )
    }

    @Test(
        "every method is sent under its own name, with a body where there is one",
        arguments: [
            (.get, ""), (.head, ""), (.post, ""), (.post, "a=b"), (.put, "x"), (.delete, ""), (.delete, "x"),
            (.patch, "x"),
        ] as [(HTTPRequest.Method, String)]
    )
    func methods(method: HTTPRequest.Method, body: String) async throws {
        let server = try ScriptedServer(.read, .write("HTTP/1.1 204 No Content\r\n\r\n"))
        let request = TransportRequest(head: head(method, port: server.port), body: Array(body.utf8))
        #expect(try await makeTransport().send(request).summary == "answered 204")
        let received = try #require(server.requests.first)
        #expect(received.head.hasPrefix("\(method.rawValue) / HTTP/1.1\r\n"))
        #expect(String(decoding: received.body, as: UTF8.self) == body)
    }

    @Test("any whole answer is an answer", arguments: ["200 OK", "302 Found", "400 Bad Request", "429 Slow", "503 No"])
    func statuses(status: String) async throws {
        let server = try ScriptedServer(.read, .write(ok(#"{"a":1}"#, status: status, fields: "Retry-After: 7\r\n")))
        let outcome = try await makeTransport().send(TransportRequest(head: head(.post, port: server.port)))
        #expect(outcome.summary == "answered \(status.prefix(3))")
        #expect(outcome.text == #"{"a":1}"#)
        #expect(outcome.head?.headerFields[.retryAfter] == "7")
    }

    @Test("the answer is the last head: interim answers and trailers leave nothing in it")
    func interim() async throws {
        let server = try ScriptedServer(
            .read,
            .write("HTTP/1.1 103 Early Hints\r\nLink: </early>\r\n\r\n"),
            .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Twice: a\r\nX-Twice: b\r\n\r\n"),
            .write("4\r\nbody\r\n0\r\nX-Trailer: late\r\n\r\n")
        )
        let outcome = try await makeTransport().send(TransportRequest(head: head(.get, port: server.port)))
        let head = try #require(outcome.head)
        #expect(outcome.text == "body")
        let names = head.headerFields.map { "\($0.name.rawName)=\($0.value)" }
        #expect(names == ["Transfer-Encoding=chunked", "X-Twice=a", "X-Twice=b"])
    }

    @Test("a body without a length ends with the connection")
    func lengthless() async throws {
        let server = try ScriptedServer(.read, .write("HTTP/1.1 200 OK\r\n\r\nto the end"))
        let outcome = try await makeTransport().send(TransportRequest(head: head(.get, port: server.port)))
        #expect(outcome.text == "to the end")
    }

    @Test("a compressed body comes decompressed")
    func compressed() async throws {
        let gzip = Gzip.stored(Array("hello".utf8))
        let server = try ScriptedServer(
            .read,
            .write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(gzip.count)\r\n\r\n"),
            .bytes(gzip)
        )
        let outcome = try await makeTransport().send(TransportRequest(head: head(.get, port: server.port)))
        #expect(outcome.text == "hello")
    }

    @Test("a body of exactly the limit is accepted, one more byte is not")
    func limit() async throws {
        let server = try ScriptedServer(.read, .write(ok(String(repeating: "x", count: 1000))))
        let transport = try makeTransport()
        for (limit, summary) in [(1000, "answered 200"), (999, "unknown: too_large")] {
            let request = TransportRequest(head: head(.get, port: server.port), maximumBody: limit)
            #expect(await transport.send(request).summary == summary)
        }
    }

    @Test("two hundred requests at once each get their own answer")
    func parallel() async throws {
        let server = try ScriptedServer(.read, .reply { ok("\($0.path) \(String(decoding: $0.body, as: UTF8.self))") })
        let transport = try makeTransport()
        let answers = await withTaskGroup(of: (Int, String?).self) { group in
            for number in 0..<200 {
                group.addTask {
                    let head = head(.post, port: server.port, path: "/\(number)")
                    return (
                        number, await transport.send(TransportRequest(head: head, body: Array("n=\(number)".utf8))).text
                    )
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(answers == Dictionary(uniqueKeysWithValues: (0..<200).map { ($0, "/\($0) n=\($0)") }))
        #expect(server.requests.count == 200)
    }
}
