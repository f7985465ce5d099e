import Crypto
import FoundationEssentials

/// A proof key for the exchange of a code (RFC 7636): who intercepts the code cannot use it without the verifier.
package struct ProofKey: Sendable, Hashable {
    /// 43 letters of the alphabet that RFC 7636 section 4.1 allows.
    package let verifier: Secret

    /// Makes a key of 32 random bytes, which the caller draws.
    package init(randomBytes: [UInt8]) {
        verifier = Secret(Self.base64URL(randomBytes))
    }

    /// The challenge of method `S256`: unpadded base64url of the verifier's SHA-256 (RFC 7636 section 4.2).
    package var challenge: String {
        verifier.reveal { Self.base64URL(Array(SHA256.hash(data: $0))) }
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        String(
            Data(bytes).base64EncodedString().compactMap { character -> Character? in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            }
        )
    }
}
