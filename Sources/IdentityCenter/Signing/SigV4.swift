import Crypto
import HTTPTypes
package import OAuth

/// Signs requests to AWS with Signature Version 4.
///
/// See “Create a signed AWS API request” in the IAM User Guide. `SigV4Verification` is the other side.
package struct SigV4: Sendable {
    private let credentials: SigningCredentials
    private let region: String
    private let service: String

    /// Takes the credentials that sign, and the region and the service by their names in a signature, such as
    /// `us-east-1` and `sso-oauth`.
    package init(credentials: SigningCredentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// Signs a request; a signature that it had before is replaced.
    ///
    /// - Parameters:
    ///   - request: the request as it will be sent. Its host, its `Content-Type`, its `X-Amz-…` fields and its body are
    ///     signed and must stay as they are; the other fields are free to change on the way.
    ///   - now: what AWS's clock shows. AWS accepts signatures that are at most five minutes off.
    /// - Returns: the request with `X-Amz-Date`, with `X-Amz-Security-Token` where the credentials have one, and with
    ///   `Authorization`.
    package func sign(_ request: EndpointRequest, at now: Instant) -> EndpointRequest {
        let scope = CredentialScope(date: SigningDate(now), region: region, service: service)
        var signed = request
        signed.head.headerFields[.amzDate] = scope.date.text
        signed.head.headerFields[.amzSecurityToken] = credentials.sessionToken?.revealText()
        let canonical = CanonicalRequest(signed, signing: CanonicalRequest.names(in: signed))
        let stringToSign = StringToSign(canonical, in: scope)
        signed.head.headerFields[.authorization] =
            Authorization(
                accessKeyID: credentials.accessKeyID,
                scope: scope.text,
                signedNames: canonical.signedNames,
                signature: stringToSign.signature(with: credentials.secretAccessKey)
            ).text
        return signed
    }
}

/// What a signature is good for: one day, one region, one service.
struct CredentialScope: Sendable, Hashable {
    var date: SigningDate
    var region: String
    var service: String

    /// The scope as it is written beside the id of the key.
    var text: String { "\(date.day)/\(region)/\(service)/aws4_request" }
}

/// What the key signs: the moment, the scope and the canonical request's hash.
struct StringToSign: Sendable {
    let text: String
    private let scope: CredentialScope

    init(_ request: CanonicalRequest, in scope: CredentialScope) {
        self.scope = scope
        let hash = SHA256.hash(data: Array(request.text.utf8)).hexadecimal
        text = ["AWS4-HMAC-SHA256", scope.date.text, scope.text, hash].joined(separator: "\n")
    }

    /// The signature in hexadecimal digits, by a key that is derived from the secret one for this scope alone.
    func signature(with secretAccessKey: Secret) -> String {
        var key = secretAccessKey.reveal { SymmetricKey(data: Array("AWS4".utf8) + $0) }
        for part in [scope.date.day, scope.region, scope.service, "aws4_request"] {
            key = SymmetricKey(data: Self.code(of: part, by: key))
        }
        return Self.code(of: text, by: key).hexadecimal
    }

    private static func code(of text: String, by key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    }
}

/// The value of the `Authorization` field.
struct Authorization: Sendable, Hashable {
    private static let algorithm = "AWS4-HMAC-SHA256"

    var accessKeyID: String
    var scope: String
    /// In lower case.
    var signedNames: [String]
    /// In hexadecimal digits.
    var signature: String

    var text: String {
        "\(Self.algorithm) Credential=\(accessKeyID)/\(scope), SignedHeaders=\(signedNames.joined(separator: ";")), "
            + "Signature=\(signature)"
    }
}

extension Authorization {
    /// Reads the value of an `Authorization` field; `nil` when it is not of this form.
    init?(_ text: String) {
        guard text.hasPrefix(Self.algorithm + " ") else { return nil }
        var parts: [Substring: Substring] = [:]
        for part in text.dropFirst(Self.algorithm.count).split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard let sign = part.firstIndex(of: "=") else { return nil }
            parts[part[..<sign]] = part[sign...].dropFirst()
        }
        guard let credential = parts["Credential"], let slash = credential.firstIndex(of: "/"),
            let names = parts["SignedHeaders"], let signature = parts["Signature"]
        else { return nil }
        accessKeyID = String(credential[..<slash])
        scope = String(credential[slash...].dropFirst())
        signedNames = names.split(separator: ";").map(String.init)
        self.signature = String(signature)
    }
}

extension Sequence<UInt8> {
    /// The bytes in hexadecimal digits, of lower case.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
    }
}
