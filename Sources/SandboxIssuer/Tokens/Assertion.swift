import Crypto
import FoundationEssentials

/// What a JSON Web Token says of somebody, once its signature has been checked.
struct Assertion: Sendable, Hashable, Decodable {
    var subject: String
    private var expiry: Double

    private enum CodingKeys: String, CodingKey {
        case subject = "sub"
        case expiry = "exp"
    }

    /// Since 1970.
    var expiresAt: Duration { .seconds(expiry) }
}

extension IssuerMachine {
    /// Reads a token that the issuer itself or one who is trusted has signed; `nil` for any other text.
    func assertion(_ text: String) -> Assertion? {
        let trusted = configuration.aws.trustedKeys.compactMap { try? P256.Signing.PublicKey(pemRepresentation: $0) }
        for key in [signer.verifyingKey] + trusted {
            guard let claims = TokenSigner.claims(of: text, signedBy: key) else { continue }
            return try? JSONDecoder().decode(Assertion.self, from: Data(claims))
        }
        return nil
    }
}
