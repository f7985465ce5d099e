import Gateways
import LocalAPI
import NIOCore
import Testing

private typealias R = RunningGateway

@Suite("Many clients")
struct CrowdTests {
    @Test("256 connections are served at once, and the rest when there is room")
    func crowd() async throws {
        try await RunningGateway.with { running in
            running.publish()
            let request = R.request("GET", "/v1/accounts/work/token")
            try await onThread { [path = running.path, gateway = running.gateway] in
                var served: [Client] = []
                for _ in 0..<256 {
                    let client = try Client(path)
                    #expect(try client.exchange(request).status == 200)
                    served.append(client)
                }
                var waiting: [Client] = []
                for _ in 0..<44 {
                    let client = try Client(path)
                    client.send(request)
                    waiting.append(client)
                }
                // The others are served on, and whoever waits is not, as long as none of them goes.
                for client in served { #expect(try client.exchange(request).status == 200) }
                #expect(gateway.connections == 256)
                #expect(waiting.allSatisfy { !$0.hasNews })
                served.removeFirst(44)
                for client in waiting { #expect(try client.reply().status == 200) }
                // An answer may be there before its connection is counted, a second one may not.
                for client in waiting { #expect(try client.exchange(request).status == 200) }
                #expect(gateway.connections == 256)
            }
        }
    }

    @Test("Silent, slow, deaf and babbling clients do not keep others from their tokens")
    func undisturbed() async throws {
        var limits = Limits()
        limits.connections = 12
        limits.requestTime = .milliseconds(500)
        limits.replyTime = .milliseconds(500)
        limits.idleTime = .milliseconds(500)
        try await RunningGateway.with(limits: limits) { running in
            running.publish(token: String(repeating: "t", count: 100_000))
            let request = R.request("GET", "/v1/accounts/work/token")
            try await onThread { [path = running.path] in
                var clients: [Client] = []
                for _ in 0..<12 {
                    clients.append(try Client(path))
                    let slow = try Client(path)
                    slow.send("GET /v1/acc")
                    let deaf = try Client(path)
                    deaf.send(String(repeating: request, count: 20))
                    let babbling = try Client(path)
                    babbling.send("x\r\n\r\n" + String(repeating: "x", count: 10_000))
                    clients += [slow, deaf, babbling]
                    let reply = try Client(path).exchange(request)
                    #expect(reply.status == 200)
                    #expect(reply.body.utf8.count > 100_000)
                }
                // Each of them is closed at last.
                for client in clients { _ = try client.takeAll() }
            }
        }
    }

    @Test("What a client sends behind a request that is being answered stays with the kernel, but for one read")
    func sentAhead() async throws {
        let tokens = ["parked": Result<_, Problem>.success(Samples.answer("parked", token: "late", expiresIn: 9))]
        try await RunningGateway.with(tokens: tokens) { running in
            running.publish()
            let ahead = String(repeating: "GET / HTTP/1.1\r\n\r\n", count: 350)
            let client = try await onThread { [path = running.path] in
                let client = try Client(path)
                _ = try client.exchange(R.request("GET", "/v1/accounts/work/token"))
                client.send(R.request("GET", "/v1/accounts/parked/token") + ahead)
                return client
            }
            await running.service.waitForCalls(1)
            // Whoever is answered now is answered after all that the gateway reads of the other.
            #expect(try await running.exchange(R.request("GET", "/v1/accounts/work/token")).status == 200)
            // The kernel frees what was sent in one piece only when all of it has been read.
            #expect(client.unreadBytes > ahead.utf8.count)
            running.service.release()
            let statuses = try await onThread { try (0...350).map { _ in try client.reply().status } }
            #expect(statuses == [200] + Array(repeating: 404, count: 350))
        }
    }
}
