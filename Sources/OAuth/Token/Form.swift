import HTTPTypes

/// A request body of type `application/x-www-form-urlencoded` (RFC 6749 appendix B), encoded as it grows: a secret goes
/// from its own bytes into the body without a text in between.
package struct Form: Sendable {
    /// The encoded body.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Adds a parameter; one of the same name may be there already.
    package mutating func append(_ name: String, _ value: String) {
        begin(name)
        Self.encode(value.utf8, into: &bytes)
    }

    /// Adds a parameter that is secret.
    package mutating func append(_ name: String, _ value: Secret) {
        begin(name)
        value.reveal { Self.encode($0, into: &bytes) }
    }

    private mutating func begin(_ name: String) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
        Self.encode(name.utf8, into: &bytes)
        bytes.append(UInt8(ascii: "="))
    }

    /// Encodes text: letters, digits and `*-._` stay, a space becomes `+`, every other byte `%` and two hexadecimal
    /// digits.
    package static func encode(_ text: some Sequence<UInt8>, into output: inout [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                output.append(byte)
            case UInt8(ascii: " "):
                output.append(UInt8(ascii: "+"))
            default:
                output += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 0xF)]]
            }
        }
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)
}

extension Form: CustomStringConvertible, CustomReflectable {
    package var description: String { "[form of \(bytes.count) bytes]" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension EndpointRequest {
    /// Posts a form to an endpoint in a client's name.
    package init(
        posting form: Form,
        to address: EndpointAddress,
        as client: ClientAuthentication,
        caFile: String? = nil
    ) {
        var head = address.head(.post)
        var form = form
        head.headerFields[.contentType] = "application/x-www-form-urlencoded"
        client.apply(to: &head.headerFields, &form)
        self.init(head: head, body: form.bytes, caFile: caFile)
    }
}
