/// The query part of a request's target, built one parameter at a time.
struct Query {
    private(set) var text = ""

    /// Appends a parameter. Everything but RFC 3986's unreserved characters is percent-encoded, in the value; names are
    /// ours.
    mutating func append(_ name: String, _ value: String) {
        text += text.isEmpty ? "?" : "&"
        text += name
        text += "="
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
    }
}
