import HTTPTypes
import Testing
import Transport

@Suite("Redirects", .timeLimit(.minutes(1)))
struct RedirectTests {
    /// A server that sends every request on from `/n` to `/n+1`, for ever.
    private func chain() throws -> ScriptedServer {
        try ScriptedServer(
            .read,
            .reply { request in
                let next = (Int(request.path.dropFirst()) ?? 0) + 1
                return ok("", status: "302 Found", fields: "Location: /\(next)\r\nConnection: close\r\n")
            }
        )
    }

    @Test("a redirect is the answer and is not followed, unless that is asked for", arguments: ["GET", "POST"])
    func never(method: String) async throws {
        let server = try chain()
        let method = try #require(HTTPRequest.Method(method))
        let outcome = try await makeTransport().send(
            TransportRequest(head: head(method, port: server.port, path: "/0"))
        )
        #expect(outcome.summary == "answered 302")
        #expect(server.requests.map(\.path) == ["/0"])
    }

    @Test("redirects within the origin are followed up to the limit; the one too many is the answer")
    func limit() async throws {
        let server = try chain()
        let head = head(.get, port: server.port, path: "/0")
        let outcome = try await makeTransport().send(TransportRequest(head: head, redirects: .sameOrigin(limit: 3)))
        #expect(server.requests.map(\.path) == ["/0", "/1", "/2", "/3"])
        #expect(outcome.head?.headerFields[.location] == "/4")
    }

    @Test("a redirect that arrives is followed to the answer, with the same header fields")
    func followed() async throws {
        let server = try ScriptedServer(
            .read,
            .reply { request in
                request.path == "/there"
                    ? ok("here") : ok("", status: "308 Moved", fields: "Location: there\r\nConnection: close\r\n")
            }
        )
        let head = head(.get, port: server.port, path: "/begin", fields: [.accept: "application/json"])
        let outcome = try await makeTransport().send(TransportRequest(head: head, redirects: .sameOrigin(limit: 1)))
        #expect(outcome.text == "here")
        #expect(server.requests.allSatisfy { $0.head.contains("Accept: application/json") })
    }

    @Test("a POST follows no redirect, whatever it asks for")
    func post() async throws {
        let server = try chain()
        let request = TransportRequest(
            head: head(.post, port: server.port, path: "/0"),
            body: Array("refresh_token=a".utf8),
            redirects: .sameOrigin(limit: 3)
        )
        #expect(try await makeTransport().send(request).summary == "answered 302")
        #expect(server.requests.count == 1)
    }

    @Test("a redirect to another port, host, scheme or to nowhere is the answer")
    func elsewhere() async throws {
        let other = try ScriptedServer(.read, .write(ok("secret place")))
        let places = [
            "http://127.0.0.1:\(other.port)/", "//127.0.0.1:\(other.port)/", "http://localhost:\(other.port)/",
            "https://127.0.0.1:\(other.port)/", "http://example.com/", "file:///etc/passwd", "http://[", "",
        ]
        for place in places {
            let reply = ok("", status: "302 Found", fields: "Location: \(place)\r\n")
            let server = try ScriptedServer(.read, .write(reply))
            let head = head(.get, port: server.port)
            let outcome = try await makeTransport().send(TransportRequest(head: head, redirects: .sameOrigin(limit: 3)))
            #expect(outcome.summary == "answered 302", "\(place)")
        }
        #expect(other.connections == 0)
    }

    @Test("the deadline is for the whole chain, not for each of its requests")
    func deadline() async throws {
        let server = try chain()
        let request = TransportRequest(
            head: head(.get, port: server.port, path: "/0"),
            redirects: .sameOrigin(limit: .max),
            timeout: .milliseconds(300)
        )
        let outcome = try await makeTransport().send(request)
        #expect(outcome.error?.code == .timeout)
    }
}
