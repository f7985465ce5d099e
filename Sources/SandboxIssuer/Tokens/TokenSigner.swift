import Crypto
import FoundationEssentials

/// Signs JSON Web Tokens with ES256 (RFC 7515, RFC 7518 section 3.4).
struct TokenSigner: Sendable {
    private let key: P256.Signing.PrivateKey

    /// Derives the key from the seed. Nearly every 32 bytes are a key; where they are not, the next are taken.
    init(seed: [UInt8]) {
        var candidate = SHA256.hash(data: Array("signing key".utf8) + seed)
        while true {
            if let key = try? P256.Signing.PrivateKey(rawRepresentation: Array(candidate)) {
                self.key = key
                return
            }
            candidate = SHA256.hash(data: Array(candidate))
        }
    }

    /// The claims as a signed token. `type` is the header's `typ`: `JWT`, or `at+jwt` (RFC 9068).
    func signed(_ claims: JSON, type: String = "JWT") throws -> String {
        let header: JSON = ["alg": "ES256", "kid": .string(keyID), "typ": .string(type)]
        let input = [header, claims].map { Base64URL.encoded($0.text.utf8) }.joined(separator: ".")
        return try input + "." + Base64URL.encoded(key.signature(for: Array(input.utf8)).rawRepresentation)
    }

    /// The `jti` claim of a token that this key has signed; `nil` for any other text.
    func tokenID(of text: String) -> String? {
        struct Claims: Decodable { var jti: String }
        guard let claims = Self.claims(of: text, signedBy: key.publicKey) else { return nil }
        return try? JSONDecoder().decode(Claims.self, from: Data(claims)).jti
    }

    /// The claims of a token that a key has signed, as JSON; `nil` for any other text.
    static func claims(of text: String, signedBy key: P256.Signing.PublicKey) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64URL.decoded(parts[2]), let claims = Base64URL.decoded(parts[1]),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: bytes),
            key.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8))
        else { return nil }
        return claims
    }

    /// The key that others check the signatures with.
    var verifyingKey: P256.Signing.PublicKey { key.publicKey }

    /// The public key as a JSON Web Key Set (RFC 7517 section 5).
    var keySet: JSON {
        var members = publicKey
        members["kid"] = .string(keyID)
        members["use"] = "sig"
        members["alg"] = "ES256"
        return ["keys": [.object(members)]]
    }

    /// The key's thumbprint (RFC 7638): the hash of its required members in the order of their names.
    private var keyID: String {
        Base64URL.encoded(SHA256.hash(data: Array(JSON.object(publicKey).text.utf8)))
    }

    private var publicKey: [String: JSON] {
        let point = key.publicKey.rawRepresentation
        return [
            "kty": "EC", "crv": "P-256", "x": .string(Base64URL.encoded(point.prefix(32))),
            "y": .string(Base64URL.encoded(point.suffix(32))),
        ]
    }
}
