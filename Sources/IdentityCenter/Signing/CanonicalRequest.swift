import Crypto
package import HTTPTypes
import OAuth

/// A request in the one spelling that both sides can make of it, whatever a proxy or a library has done to it on the
/// way.
struct CanonicalRequest: Sendable {
    let text: String
    /// The fields that take part, in lower case and in order.
    let signedNames: [String]

    /// Spells a request out.
    ///
    /// - Parameters:
    ///   - request: the request; its authority counts as the field `host`.
    ///   - names: the fields that take part, in lower case. The body always does.
    init(_ request: EndpointRequest, signing names: some Sequence<String>) {
        let head = request.head
        signedNames = names.sorted()
        let target = (head.path ?? "/").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let fields = signedNames.map { "\($0):\(Self.value(of: $0, in: head))\n" }
        text = [
            head.method.rawValue,
            Self.path(target[0]),
            Self.query(target.dropFirst().first ?? ""),
            fields.joined(),
            signedNames.joined(separator: ";"),
            SHA256.hash(data: request.body).hexadecimal,
        ].joined(separator: "\n")
    }

    /// The fields that a signature of ours covers: those that AWS demands. Proxies and libraries add, change and drop
    /// others.
    static func names(in request: EndpointRequest) -> Set<String> {
        let names = request.head.headerFields.map(\.name.canonicalName)
        return Set(names.filter { $0 == "content-type" || $0.hasPrefix("x-amz-") }).union(["host"])
    }

    /// The values of all fields of a name, without the spaces that carry no meaning.
    private static func value(of name: String, in head: HTTPRequest) -> String {
        if name == "host" { return host(of: head) }
        return head.headerFields.filter { $0.name.canonicalName == name }.map { field in
            field.value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
        }.joined(separator: ",")
    }

    /// The value of `Host`: without the port, where it is the scheme's own.
    private static func host(of head: HTTPRequest) -> String {
        let authority = head.authority ?? ""
        switch head.scheme {
        case "https" where authority.hasSuffix(":443"): return String(authority.dropLast(4))
        case "http" where authority.hasSuffix(":80"): return String(authority.dropLast(3))
        default: return authority
        }
    }

    /// The path without empty and dot segments, encoded once more than it is on the wire, as every service but S3
    /// wants.
    private static func path(_ path: Substring) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        let encoded = "/" + segments.map { encode($0.utf8) }.joined(separator: "/")
        return path.hasSuffix("/") && !segments.isEmpty ? encoded + "/" : encoded
    }

    /// The parameters, sorted; each with an equals sign, and encoded in one way.
    private static func query(_ query: Substring) -> String {
        query.split(separator: "&").map { parameter in
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: encode(decode(parts[0])), value: encode(decode(parts.dropFirst().first ?? "")))
        }
        .sorted { ($0.name, $0.value) < ($1.name, $1.value) }
        .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    /// Takes the percent-encoding away; a `%` that begins none stands for itself.
    private static func decode(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy({ Character(.init($0)).isHexDigit }),
                let decoded = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// Percent-encodes all but the unreserved characters of RFC 3986.
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let encoded = bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                [byte]
            default:
                [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}

extension HTTPField.Name {
    package static let amzDate = Self(known: "X-Amz-Date")
    package static let amzSecurityToken = Self(known: "X-Amz-Security-Token")

    /// Takes a name that is written in our own source.
    package init(known name: StaticString) {
        guard let name = Self("\(name)") else { preconditionFailure("\(name) is no name of a field") }
        self = name
    }
}
