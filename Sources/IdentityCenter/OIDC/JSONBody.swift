import HTTPTypes
import OAuth

/// A request body that is one JSON object, written as it grows: a secret goes from its own bytes into the body without a
/// text in between.
struct JSONBody: Sendable {
    private var written: [UInt8] = [UInt8(ascii: "{")]

    /// The whole object.
    var bytes: [UInt8] { written + [UInt8(ascii: "}")] }

    /// Adds a member; one without a value is left out.
    mutating func append(_ name: String, _ value: String?) {
        guard let value else { return }
        begin(name)
        write(value.utf8)
    }

    /// Adds a member that is secret; one without a value is left out.
    mutating func append(_ name: String, _ value: Secret?) {
        guard let value else { return }
        begin(name)
        value.reveal { write($0) }
    }

    /// Adds a list of texts; an empty one is left out.
    mutating func append(_ name: String, _ values: [String]) {
        guard !values.isEmpty else { return }
        begin(name)
        written.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { written.append(UInt8(ascii: ",")) }
            write(value.utf8)
        }
        written.append(UInt8(ascii: "]"))
    }

    private mutating func begin(_ name: String) {
        if written.count > 1 { written.append(UInt8(ascii: ",")) }
        write(name.utf8)
        written.append(UInt8(ascii: ":"))
    }

    /// Writes a string with the escapes that it needs (RFC 8259 section 7).
    private mutating func write(_ text: some Sequence<UInt8>) {
        written.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): written += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                written += Array("\\u00".utf8) + [Self.hexDigits[Int(byte >> 4)], Self.hexDigits[Int(byte & 0xF)]]
            default: written.append(byte)
            }
        }
        written.append(UInt8(ascii: "\""))
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}

extension JSONBody: CustomStringConvertible, CustomReflectable {
    var description: String { "[JSON of \(bytes.count) bytes]" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension EndpointRequest {
    /// Posts a JSON object to an operation.
    init(posting body: JSONBody, to endpoint: Endpoint, _ path: String) {
        var head = endpoint.head(.post, path)
        head.headerFields[.contentType] = "application/json"
        self.init(head: head, body: body.bytes)
    }
}
