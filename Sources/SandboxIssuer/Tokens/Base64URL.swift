import FoundationEssentials

/// Base64 with the URL-safe alphabet and no padding (RFC 4648 section 5), as JSON Web Signatures have it.
enum Base64URL {
    static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        String(
            Data(bytes).base64EncodedString().compactMap { character in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            }
        )
    }

    /// The bytes; `nil` for what is not this encoding.
    static func decoded(_ text: some StringProtocol) -> [UInt8]? {
        let plain = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
        return Data(base64Encoded: String(plain) + padding).map(Array.init)
    }
}
