/// Turns the bytes of one HTTP/1.1 reply into its head and its body (RFC 9112), strictly: what tokend would not send is
/// an error, so that no half-understood bytes are taken for a token.
///
/// A value without I/O: bytes go in as they come, in any portions, and the body comes out as far as it is known.
package struct ReplyDecoder: Sendable {
    package struct Head: Sendable, Hashable {
        package var status: Int
        /// The media type without its parameters, in lower case; empty where none was named.
        package var mediaType: String
    }

    /// How the rest of the bytes is framed; each case names what follows it.
    private enum Stage: Sendable, Hashable {
        /// To any of the bodies, or to `done` where the status allows none.
        case head
        /// To `done`.
        case counted(Int)
        /// To `done`, with the connection.
        case untilClose
        /// To `chunk`, or to `trailer` after the chunk of size zero.
        case chunkSize
        /// To `chunkEnd`.
        case chunk(Int)
        /// To `chunkSize`.
        case chunkEnd
        /// To `done`, with an empty line.
        case trailer
        case done
    }

    /// Bytes that a head, a chunk's size line or a trailer line may have.
    private static var lineLimit: Int { 16 * 1024 }
    /// Bytes of a body that may lie here, waiting to be taken: some thousand accounts.
    private static var bodyLimit: Int { 16 * 1024 * 1024 }

    private var stage = Stage.head
    private var pending: [UInt8] = []
    private var body: [UInt8] = []

    /// Known once the empty line has come.
    package private(set) var head: Head?

    package init() {}

    /// Whether the reply is whole.
    package var isComplete: Bool { stage == .done }

    /// Takes bytes as they came. Throws `malformedReply`.
    package mutating func feed(_ bytes: [UInt8]) throws(TokenClientError) {
        pending.append(contentsOf: bytes)
        while try advance() {}
        guard body.count <= Self.bodyLimit else { throw .malformed("a body of more than 16 MiB") }
    }

    /// Takes the end of the connection. Throws `disconnected` where the reply is not whole.
    package mutating func end() throws(TokenClientError) {
        switch stage {
        case .done: return
        case .untilClose: stage = .done
        case .head where pending.isEmpty:
            throw TokenClientError(.disconnected, "the daemon closed the connection without a reply")
        default: throw TokenClientError(.disconnected, "the daemon's reply was cut short")
        }
    }

    /// Hands over the part of the body that has come since the last time.
    package mutating func takeBody() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &body)
        return taken
    }

    /// Reads one unit of the stage. Returns false when it must wait for bytes or is through.
    private mutating func advance() throws(TokenClientError) -> Bool {
        switch stage {
        case .head:
            guard let lines = try takeHead() else { return false }
            stage = try read(head: lines)
            return true
        case .counted(let left):
            let moved = moveBody(atMost: left)
            stage = moved == left ? .done : .counted(left - moved)
            return stage == .done
        case .untilClose:
            _ = moveBody(atMost: pending.count)
            return false
        case .chunkSize:
            guard let line = try takeLine() else { return false }
            let size = try Self.size(ofChunk: line)
            stage = size == 0 ? .trailer : .chunk(size)
            return true
        case .chunk(let left):
            let moved = moveBody(atMost: left)
            stage = moved == left ? .chunkEnd : .chunk(left - moved)
            return stage == .chunkEnd
        case .chunkEnd:
            guard let line = try takeLine() else { return false }
            guard line.isEmpty else { throw .malformed("a chunk that is longer than it says") }
            stage = .chunkSize
            return true
        case .trailer:
            guard let line = try takeLine() else { return false }
            if line.isEmpty { stage = .done }
            return true
        case .done:
            guard pending.isEmpty else { throw .malformed("more bytes than its length says") }
            return false
        }
    }

    private mutating func moveBody(atMost limit: Int) -> Int {
        let count = min(limit, pending.count)
        body.append(contentsOf: pending[..<count])
        pending.removeFirst(count)
        return count
    }

    /// Everything before the first empty line; what follows that line stays.
    private mutating func takeHead() throws(TokenClientError) -> ArraySlice<UInt8>? {
        let emptyLine: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        for end in pending.indices.dropLast(3) where pending[end] == 0x0D {
            guard pending[end...].starts(with: emptyLine) else { continue }
            let head = pending[..<(end + 2)]
            pending.removeFirst(end + 4)
            return head
        }
        try limitLine()
        return nil
    }

    private mutating func takeLine() throws(TokenClientError) -> [UInt8]? {
        guard let end = pending.firstIndex(of: UInt8(ascii: "\n")) else {
            try limitLine()
            return nil
        }
        guard end > 0, pending[end - 1] == UInt8(ascii: "\r") else { throw .malformed("a line without its CR") }
        let line = Array(pending[..<(end - 1)])
        pending.removeFirst(end + 1)
        return line
    }

    private func limitLine() throws(TokenClientError) {
        guard pending.count <= Self.lineLimit else { throw .malformed("a line of more than 16 KiB") }
    }

    /// Reads status line and fields, and decides how the body is framed (RFC 9112 section 6.3).
    private mutating func read(head lines: ArraySlice<UInt8>) throws(TokenClientError) -> Stage {
        let fields = try HeaderFields(lines)
        head = Head(status: fields.status, mediaType: fields.mediaType)
        if fields.status == 204 { return .done }
        if fields.isChunked {
            guard fields.contentLength == nil else { throw .malformed("two framings at once") }
            return .chunkSize
        }
        guard let length = fields.contentLength else { return .untilClose }
        return length == 0 ? .done : .counted(length)
    }

    /// One to seven hexadecimal digits; extensions after a semicolon are ignored (RFC 9112 section 7.1.1).
    private static func size(ofChunk line: [UInt8]) throws(TokenClientError) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        guard (1...7).contains(digits.count), let size = Int(String(decoding: digits, as: UTF8.self), radix: 16),
            digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-")
        else { throw .malformed("a chunk without a size") }
        return size
    }
}
