import Gateways
import Glibc
import LocalAPI
import NIOCore
import Testing

private typealias R = RunningGateway

@Suite("Stopping")
struct StoppingTests {
    private static let tokens: [String: Result<TokenAnswer, Problem>] = [
        "parked": .success(Samples.answer("parked", token: "late", expiresIn: 9))
    ]

    @Test("When the gateway stops, replies under way are finished and everything closes")
    func stopping() async throws {
        try await withDirectory { directory in
            let service = ScriptedService(tokens: Self.tokens)
            let path = "\(directory)/tokend.sock"
            var limits = Limits()
            limits.stopTime = .minutes(5)
            let gateway = try await HTTPGateway.start(
                listener: try Listener.bind(path: path, replacingStale: false),
                service: service,
                published: PublishedTokens(),
                audit: RecordedAudit(),
                limits: limits
            )
            let idle = try Client(path)
            let listening = try Client(path)
            listening.send(R.request("GET", "/v1/events"))
            let parked = try Client(path)
            parked.send(R.request("GET", "/v1/accounts/parked/token", "Accept: text/plain"))
            await service.waitForCalls(2)
            async let stopped: Void = gateway.stop()
            // The idle one goes first, so the gateway is stopping now.
            let texts = try await onThread {
                let first = try idle.takeAll()
                let second = try listening.takeAll()
                service.release()
                return [first, second, try parked.takeAll()]
            }
            await stopped
            #expect(texts[0] == "")
            #expect(texts[2].hasSuffix("connection: close\r\n\r\nlate"))
            #expect(access(path, F_OK) != 0)
            #expect(gateway.connections == 0)
        }
    }

    @Test("What is not finished in time when the gateway stops is cut off, and the daemon's call is cancelled")
    func cutOff() async throws {
        try await withDirectory { directory in
            let service = ScriptedService(tokens: Self.tokens)
            let path = "\(directory)/tokend.sock"
            var limits = Limits()
            limits.stopTime = .milliseconds(10)
            let gateway = try await HTTPGateway.start(
                listener: try Listener.bind(path: path, replacingStale: false),
                service: service,
                published: PublishedTokens(),
                audit: RecordedAudit(),
                limits: limits
            )
            let parked = try Client(path)
            parked.send(R.request("GET", "/v1/accounts/parked/token"))
            await service.waitForCalls(1)
            await gateway.stop()
            await service.waitForCalls(2)
            #expect(service.calls == ["parked parked", "cancelled parked"])
        }
    }
}
