/// What the client needs of a reply's head: the status, the framing and the media type.
struct HeaderFields {
    let status: Int
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    /// In lower case, without parameters; empty where none was named.
    private(set) var mediaType = ""

    /// Reads the lines of a head, each with its CR LF. Throws `malformedReply` for what is not HTTP/1.1 or is
    /// ambiguous.
    init(_ head: ArraySlice<UInt8>) throws(TokenClientError) {
        var lines: [ArraySlice<UInt8>] = []
        for line in head.split(separator: UInt8(ascii: "\n")) {
            guard line.last == UInt8(ascii: "\r"), !line.dropLast().contains(UInt8(ascii: "\r")) else {
                throw .malformed("a line that does not end as HTTP's do")
            }
            lines.append(line.dropLast())
        }
        status = try Self.status(line: lines.first ?? [])
        for line in lines.dropFirst() { try read(field: line) }
    }

    /// `HTTP/1.1 200 OK`, or 1.0. An interim status (1xx) was not asked for.
    private static func status(line: ArraySlice<UInt8>) throws(TokenClientError) -> Int {
        let bytes = Array(line)
        guard bytes.count >= 12, bytes.starts(with: "HTTP/1.".utf8), bytes[7] == 0x30 || bytes[7] == 0x31,
            bytes[8] == 0x20, let status = bytes[9..<12].decimal, (200...599).contains(status),
            bytes.count == 12 || bytes[12] == 0x20
        else { throw .malformed("no HTTP status line") }
        return status
    }

    private mutating func read(field line: ArraySlice<UInt8>) throws(TokenClientError) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .malformed("a header line that is none") }
        let value = line[(colon + 1)...].trimmed
        switch line[..<colon].lowercased {
        case "content-length":
            guard let length = value.decimal, contentLength == nil || contentLength == length else {
                throw .malformed("a Content-Length that is none")
            }
            contentLength = length
        case "transfer-encoding":
            guard value.lowercased == "chunked", !isChunked else { throw .malformed("an unknown transfer coding") }
            isChunked = true
        case "content-type":
            mediaType = value.prefix { $0 != UInt8(ascii: ";") }.trimmed.lowercased
        default: break
        }
    }
}

extension TokenClientError {
    /// A reply that tokend would not give, which mostly means that something else listens there.
    static func malformed(_ what: String) -> Self {
        TokenClientError(.malformedReply, "the reply is not one of tokend: it has \(what)")
    }
}

extension ArraySlice<UInt8> {
    /// Without the spaces and tabs around it.
    fileprivate var trimmed: Self {
        var slice = self[...]
        while slice.first == 0x20 || slice.first == 0x09 { slice.removeFirst() }
        while slice.last == 0x20 || slice.last == 0x09 { slice.removeLast() }
        return slice
    }

    /// A number of one to nine decimal digits and nothing else.
    fileprivate var decimal: Int? {
        guard (1...9).contains(count), allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// As text, with the ASCII letters in lower case.
    fileprivate var lowercased: String {
        String(decoding: map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
