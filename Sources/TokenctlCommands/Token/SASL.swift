import FoundationEssentials
package import TokenClient

/// A token as the first message of a SASL exchange with a mail server, in base64.
package enum SASL {
    /// Google's XOAUTH2: `user=U^Aauth=Bearer T^A^A`.
    package static func xoauth2(user: String, token: AccessToken) -> String {
        base64("user=\(user)\u{1}auth=\(token.authorization)\u{1}\u{1}")
    }

    /// OAUTHBEARER (RFC 7628 section 3.1). Host and port are the mail program's to know and may be left out.
    package static func oauthBearer(user: String, token: AccessToken) -> String {
        base64("n,a=\(name(user)),\u{1}auth=\(token.authorization)\u{1}\u{1}")
    }

    /// Whether a text can stand for a user: neither empty, nor with a byte that would end its field.
    package static func isUser(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// A name in a GS2 header: the equals sign and the comma are written in another way (RFC 5801 section 4).
    private static func name(_ user: String) -> String {
        user.replacing("=", with: "=3D").replacing(",", with: "=2C")
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
