package import LocalAPI

/// Turns the bytes of `GET /v1/events` into events (WHATWG HTML, server-sent events).
///
/// A value without I/O. Comments, fields and kinds of event that have no name here are passed over, for a newer daemon
/// may send them.
package struct EventDecoder: Sendable {
    /// Bytes that one event may have.
    private static var eventLimit: Int { 1024 * 1024 }

    private var line: [UInt8] = []
    private var endedWithReturn = false
    private var id: UInt64?
    private var kind = ""
    private var data: [String] = []

    package init() {}

    /// Takes bytes as they came and returns the events that they complete. Throws `malformedReply` for an event of more
    /// than 1 MiB.
    package mutating func feed(_ bytes: [UInt8]) throws(TokenClientError) -> [ServerEvent] {
        var events: [ServerEvent] = []
        for byte in bytes {
            defer { endedWithReturn = byte == 0x0D }
            switch byte {
            case 0x0A where endedWithReturn: continue
            case 0x0A, 0x0D: if let event = endLine() { events.append(event) }
            default: line.append(byte)
            }
        }
        guard line.count + data.reduce(0, { $0 + $1.utf8.count }) <= Self.eventLimit else {
            throw .malformed("an event of more than 1 MiB")
        }
        return events
    }

    private mutating func endLine() -> ServerEvent? {
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        if text.isEmpty { return endEvent() }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var value = parts.count > 1 ? parts[1] : ""
        if value.first == " " { value.removeFirst() }
        switch parts[0] {
        case "id": id = UInt64(value)
        case "event": kind = String(value)
        case "data": data.append(String(value))
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> ServerEvent? {
        defer {
            kind = ""
            data = []
        }
        guard let id, let kind = ServerEvent.Kind(rawValue: kind), !data.isEmpty else { return nil }
        return ServerEvent(id: id, kind: kind, data: data.joined(separator: "\n"))
    }
}
