import FoundationEssentials

extension IDToken {
    /// Takes an id token and reads its claims (OpenID Connect Core section 2). The signature is not checked: the token
    /// came straight from the issuer, over TLS.
    ///
    /// - Returns: `nil` when it is not a signed JWT (RFC 7519) with an `exp` that is still to come. Nobody could use
    ///   such a one, and it must never cost the access token beside it.
    package init?(_ text: String, sentAt: Instant) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Data(base64URL: parts[1]),
            let claims = try? JSONDecoder().decode(Claims.self, from: payload),
            let expiry = claims.expiry.value,
            let remaining = Lifetime(seconds: max(expiry, 1_000_000_000), sentAt: sentAt)
        else { return nil }
        self.init(token: Secret(text), lifetime: remaining.duration, subject: claims.subject.value?.displayable())
    }

    private struct Claims: Decodable {
        var expiry: Member<Double>
        var subject: Member<String>

        private enum CodingKeys: String, CodingKey {
            case expiry = "exp"
            case subject = "sub"
        }

        init(from decoder: any Decoder) throws {
            let claims = try decoder.container(keyedBy: CodingKeys.self)
            expiry = claims.member(.expiry)
            subject = claims.member(.subject)
        }
    }
}

extension Data {
    /// Reads base64 in the alphabet for URLs, without padding (RFC 7515 section 2).
    fileprivate init?(base64URL text: Substring) {
        let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        let padding = String(repeating: "=", count: (4 - standard.count % 4) % 4)
        self.init(base64Encoded: String(standard) + padding)
    }
}
