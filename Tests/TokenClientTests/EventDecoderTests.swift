import LocalAPI
import Testing
import TokenClient

@Suite struct EventDecoderTests {
    private func events(_ text: String, portion: Int = .max) throws -> [ServerEvent] {
        var decoder = EventDecoder()
        var events: [ServerEvent] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            events += try decoder.feed(Array(rest.prefix(portion)))
            rest = rest.dropFirst(portion)
        }
        return events
    }

    @Test("What the daemon writes is read back, in any portions", arguments: [1, 5, 1000])
    func roundTrip(portion: Int) throws {
        let sent = ServerEvent.Kind.allCases.enumerated().map { index, kind in
            ServerEvent(id: UInt64(index + 1), kind: kind, data: "{\"account\":\"w\u{F6}rk\",\"n\":\(index)}")
        }
        #expect(try events(sent.map(\.wire).joined(), portion: portion) == sent)
    }

    @Test(
        "Every way to end a line is understood",
        arguments: ["\n", "\r\n", "\r"]
    )
    func lineEnds(end: String) throws {
        let text = ["id:7", "event: state", "data: {}", "", ""].joined(separator: end)
        #expect(try events(text) == [ServerEvent(id: 7, kind: .state, data: "{}")])
    }

    @Test(
        "What is no event of ours is passed over, and what follows is not",
        arguments: [
            ": keep-alive\n\n",
            "retry: 1000\n\n",
            "id: 1\nevent: unheard-of\ndata: {}\n\n",
            "id: 1\nevent: state\n\n",
            "event: state\ndata: {}\n\n",
            "id: x\nevent: state\ndata: {}\n\n",
        ]
    )
    func passedOver(text: String) throws {
        let event = ServerEvent(id: 9, kind: .token, data: "{}")
        #expect(try events(text + event.wire) == [event])
    }

    @Test("An unfinished event is not one")
    func unfinished() throws {
        #expect(try events("id: 1\nevent: state\ndata: {}\n").isEmpty)
    }

    @Test("An event without an end is refused before it fills the memory")
    func endless() {
        let error = #expect(throws: TokenClientError.self) {
            var decoder = EventDecoder()
            for _ in 0..<20 { _ = try decoder.feed([UInt8](repeating: UInt8(ascii: "a"), count: 100_000)) }
        }
        #expect(error?.code == .malformedReply)
    }
}
