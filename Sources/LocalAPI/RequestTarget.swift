/// The target of a request line, `/v1/accounts/work/token?wait=5`, split and percent-decoded (RFC 3986).
struct RequestTarget {
    /// What stands between the slashes of the path; `/` alone gives one empty segment.
    var segments: [String]
    var query: QueryParameters

    /// Reads the origin form (RFC 9112 section 3.2.1), the only one that makes sense on a socket of one server.
    ///
    /// - Throws: `invalid_request` for another form, a bad percent escape, text that is not UTF-8, or a control
    ///   character, escaped or not.
    init(_ text: String) throws(Problem) {
        let bytes = text.utf8
        guard bytes.first == UInt8(ascii: "/") else {
            throw Problem(.invalidRequest, "the request target must be a path such as /v1/accounts")
        }
        let path = bytes.prefix { $0 != UInt8(ascii: "?") }
        var segments: [String] = []
        for segment in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            segments.append(try Self.decoded(segment, plusIsSpace: false))
        }
        self.segments = segments
        query = try QueryParameters(bytes.dropFirst(path.count).dropFirst())
    }

    /// Undoes percent-encoding; in a query `+` stands for a space (WHATWG URL, `application/x-www-form-urlencoded`).
    fileprivate static func decoded(_ text: Substring.UTF8View, plusIsSpace: Bool) throws(Problem) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit else {
                    throw Problem(.invalidRequest, "a % in the request target must be followed by two hex digits")
                }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), let decoded = String(validating: bytes, as: UTF8.self)
        else {
            throw Problem(.invalidRequest, "the request target must be UTF-8 text without control characters")
        }
        return decoded
    }
}

/// The query of a request, read strictly: a misspelt parameter must not pass for one that was left out.
struct QueryParameters {
    private let pairs: [(name: String, value: String)]

    fileprivate init(_ text: Substring.UTF8View) throws(Problem) {
        var pairs: [(name: String, value: String)] = []
        for pair in text.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            pairs.append(
                (
                    try RequestTarget.decoded(name, plusIsSpace: true),
                    try RequestTarget.decoded(pair.dropFirst(name.count).dropFirst(), plusIsSpace: true)
                )
            )
        }
        self.pairs = pairs
    }

    /// Refuses parameters that the request does not know.
    ///
    /// - Throws: `invalid_request` naming the first stranger and what is known.
    func allow(_ known: String...) throws(Problem) {
        guard let stranger = pairs.first(where: { !known.contains($0.name) }) else { return }
        let hint = known.isEmpty ? "this request takes none" : "known here: \(known.joined(separator: ", "))"
        throw Problem(.invalidRequest, "unknown query parameter '\(stranger.name)' (\(hint))")
    }

    /// Every value of a parameter that may be repeated, in order.
    ///
    /// - Throws: `invalid_request` for an empty one.
    func values(of name: String) throws(Problem) -> [String] {
        let values = pairs.filter { $0.name == name }.map(\.value)
        guard values.allSatisfy({ !$0.isEmpty }) else { throw Problem(.invalidRequest, "\(name) must not be empty") }
        return values
    }

    /// The value of a parameter that may be given once.
    ///
    /// - Throws: `invalid_request` when it is empty or given again.
    func value(of name: String) throws(Problem) -> String? {
        let values = try values(of: name)
        guard values.count <= 1 else { throw Problem(.invalidRequest, "\(name) must be given once") }
        return values.first
    }

    /// A number of seconds.
    ///
    /// - Throws: `invalid_request` when it is not a whole number from 0 to ten years.
    func seconds(of name: String) throws(Problem) -> Int? {
        guard let text = try value(of: name) else { return nil }
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let seconds = Int(text),
            seconds <= 315_360_000
        else { throw Problem(.invalidRequest, "\(name) must be a whole number of seconds, at most 315360000") }
        return seconds
    }
}

extension UInt8 {
    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
