import Daemon
import LocalAPI
import Testing

/// The events of the last while.
@Suite("The event log") struct EventLogTests {
    @Test("gives a follower the events from then on, numbered one after the other")
    func follows() async {
        let log = EventLog()
        log.append(.state, data: "before")
        let stream = log.follow(after: nil)
        log.append(.token, data: "a")
        log.append(.error, data: "b")
        log.close()
        let events = await Self.all(stream)
        #expect(events == [ServerEvent(id: 2, kind: .token, data: "a"), ServerEvent(id: 3, kind: .error, data: "b")])
    }

    @Test(
        "gives who comes back what has happened since, and everything to who comes from before the start",
        arguments: [(100, 3), (101, 2), (102, 1), (103, 0), (104, 3), (99, 3), (0, 3), (UInt64.max, 3)]
            as [(UInt64, Int)]
    )
    func resumes(last: UInt64, missed: Int) async {
        let log = EventLog(after: 100)
        for data in ["a", "b", "c"] { log.append(.state, data: data) }
        let stream = log.follow(after: last)
        log.append(.state, data: "d")
        log.close()
        let all: [UInt64] = [101, 102, 103, 104]
        #expect(await Self.all(stream).map(\.id) == all.suffix(missed + 1))
    }

    @Test("remembers the last 1024")
    func remembers() async {
        let log = EventLog()
        for number in 1...1500 { log.append(.state, data: "\(number)") }
        let stream = log.follow(after: 0)
        log.close()
        let ids = await Self.all(stream).map(\.id)
        #expect(ids == Array(477...1500))
    }

    @Test("drops the oldest events of a follower who is far behind, and never grows for one")
    func overflow() async {
        let log = EventLog()
        let stream = log.follow(after: nil)
        for number in 1...5000 { log.append(.state, data: "\(number)") }
        log.close()
        let ids = await Self.all(stream).map(\.id)
        #expect(ids.last == 5000)
        #expect(ids == Array((5000 - UInt64(ids.count) + 1)...5000))
        #expect(ids.count < 2000)
    }

    @Test("ends at once for those who come after its end, with what they missed")
    func closed() async {
        let log = EventLog()
        log.append(.state, data: "a")
        log.close()
        #expect(await Self.all(log.follow(after: 0)).map(\.data) == ["a"])
        #expect(await Self.all(log.follow(after: nil)).isEmpty)
        log.append(.state, data: "nobody hears this")
    }

    @Test("serves many followers at once, and forgets one that has gone")
    func many() async {
        let log = EventLog()
        var gone: AsyncStream<ServerEvent>? = log.follow(after: nil)
        let streams = (0..<20).map { _ in log.follow(after: nil) }
        #expect(gone != nil)
        gone = nil
        log.append(.login, data: "x")
        log.close()
        for stream in streams { #expect(await Self.all(stream).map(\.data) == ["x"]) }
    }

    private static func all(_ stream: AsyncStream<ServerEvent>) async -> [ServerEvent] {
        await stream.reduce(into: []) { $0.append($1) }
    }
}
