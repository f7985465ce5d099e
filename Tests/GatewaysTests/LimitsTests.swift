import Gateways
import LocalAPI
import NIOCore
import Testing

private typealias R = RunningGateway

@Suite("Limits on time")
struct LimitsTests {
    private static let since = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test(
        "Every phase has its deadline",
        arguments: [
            (.receiving(since: since), 1, .seconds(5)), (.receiving(since: since), 256, .seconds(5)),
            (.idle(since: since), 1, .seconds(60)), (.idle(since: since), 192, .seconds(60)),
            (.idle(since: since), 193, .seconds(2)), (.sending(since: since, then: .moreEvents), 1, .seconds(5)),
            (.lingering(since: since), 1, .seconds(5)), (.answering, 256, nil), (.streaming, 256, nil),
            (.closed, 1, nil),
        ] as [(Phase, Int, TimeAmount?)]
    )
    func deadlines(phase: Phase, open: Int, time: TimeAmount?) {
        #expect(Limits().deadline(of: phase, open: open) == time.map { Self.since + $0 })
    }

    /// Limits of an hour, but for those that a test shortens.
    private static func patient(_ shorten: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        limits.requestTime = .hours(1)
        limits.replyTime = .hours(1)
        limits.idleTime = .hours(1)
        limits.crowdedIdleTime = .hours(1)
        shorten(&limits)
        return limits
    }

    /// Long enough for a test to do what must happen before it is over, on a slow machine too.
    private static let short = TimeAmount.milliseconds(500)

    @Test("A client that sends nothing is closed when the time to send a request is over")
    func silent() async throws {
        try await RunningGateway.with(limits: Self.patient { $0.requestTime = Self.short }) { running in
            let all = try await onThread { [path = running.path] in try Client(path).takeAll() }
            #expect(all == "")
        }
    }

    @Test(
        "A request that is not finished in time is cut off, be it the first or a later one",
        arguments: ["GET /v1/acc", "POST /v1/reload HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"]
    )
    func unfinished(part: String) async throws {
        try await RunningGateway.with(limits: Self.patient { $0.requestTime = Self.short }) { running in
            running.publish()
            let rests = try await onThread { [path = running.path] in
                let request = R.request("GET", "/v1/accounts/work/token")
                let first = try Client(path)
                first.send(part)
                let later = try Client(path)
                _ = try later.exchange(request)
                later.send(part)
                let together = try Client(path)
                _ = try together.exchange(request + part)
                return try [first, later, together].map { try $0.takeAll() }
            }
            #expect(rests == ["", "", ""])
            #expect(running.service.calls == [])
        }
    }

    @Test("A connection on which whole requests came together is between two requests after them")
    func idleAfterSeveral() async throws {
        try await RunningGateway.with(limits: Self.patient { $0.requestTime = Self.short }) { running in
            running.publish()
            let reply = try await onThread { [path = running.path] in
                let request = R.request("GET", "/v1/accounts/work/token")
                let client = try Client(path)
                client.send(request + R.request("POST", "/v1/accounts/work/login", body: "{}"))
                for _ in 0..<2 { _ = try client.reply() }
                // One that must go shows that the time has passed.
                _ = try Client(path).takeAll()
                return try client.exchange(request)
            }
            #expect(reply.status == 200)
        }
    }

    @Test("A connection between two requests is closed when the idle time is over")
    func idle() async throws {
        try await RunningGateway.with(limits: Self.patient { $0.idleTime = Self.short }) { running in
            running.publish()
            let rest = try await onThread { [path = running.path] in
                let client = try Client(path)
                _ = try client.exchange(R.request("GET", "/v1/accounts/work/token"))
                return try client.takeAll()
            }
            #expect(rest == "")
        }
    }

    @Test("In a crowd idle connections go sooner, and active ones stay")
    func crowd() async throws {
        let limits = Self.patient {
            $0.crowd = 2
            $0.crowdedIdleTime = Self.short
        }
        try await RunningGateway.with(limits: limits) { running in
            running.publish()
            let stream = try await onThread { [path = running.path] in
                let request = R.request("GET", "/v1/accounts/work/token")
                let streaming = try Client(path)
                streaming.send(R.request("GET", "/v1/events"))
                _ = try streaming.take(through: "{\"n\":3}\n\n")
                let idle = try Client(path)
                _ = try idle.exchange(request)
                // The third makes the crowd, and it has not asked anything yet.
                let third = try Client(path)
                #expect(try idle.takeAll() == "")
                #expect(try third.exchange(request).status == 200)
                return streaming
            }
            #expect(!stream.hasNews)
        }
    }

    @Test("A client that does not take its replies is cut off, and what it holds up is freed")
    func deaf() async throws {
        try await RunningGateway.with(limits: Self.patient { $0.replyTime = Self.short }) { running in
            running.publish(token: String(repeating: "t", count: 60_000))
            let text = try await onThread { [path = running.path] in
                let client = try Client(path)
                client.send(String(repeating: R.request("GET", "/v1/accounts/work/token"), count: 20))
                try client.waitForHangUp()
                return try client.takeAll()
            }
            // What the kernel had taken arrives, and that is not all.
            #expect(text.utf8.count < 20 * 60_000)
        }
    }

    @Test("A parked reader and a stream of events may stay as long as they like")
    func notIdle() async throws {
        let limits = Self.patient {
            $0.requestTime = Self.short
            $0.idleTime = Self.short
        }
        let tokens = ["parked": Result<_, Problem>.success(Samples.answer("parked", token: "late", expiresIn: 9))]
        try await RunningGateway.with(tokens: tokens, limits: limits) { running in
            let reply = try await onThread { [path = running.path, service = running.service] in
                let parked = try Client(path)
                parked.send(R.request("GET", "/v1/accounts/parked/token"))
                let streaming = try Client(path)
                streaming.send(R.request("GET", "/v1/events"))
                _ = try streaming.take(through: "{\"n\":3}\n\n")
                // Two that must go show that the time has passed.
                for _ in 0..<2 { _ = try Client(path).takeAll() }
                #expect(!streaming.hasNews)
                #expect(!parked.hasNews)
                service.release()
                return try parked.reply()
            }
            #expect(reply.body == Samples.tokenJSON(9, account: "parked", token: "late"))
        }
    }
}
