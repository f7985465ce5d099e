import FoundationEssentials
import HTTPTypes
package import OAuth

extension SigningCredentials {
    /// Reads what a `credential_process` prints; see “Sourcing credentials with an external process” in the AWS CLI's
    /// user guide.
    package init(processOutput bytes: [UInt8], at now: Instant) throws(NoCredentials) {
        guard let reply = try? JSONDecoder().decode(CredentialsReply.self, from: Data(bytes)) else {
            throw NoCredentials("does not print a JSON object")
        }
        guard reply.version.value == 1 else { throw NoCredentials("does not print \"Version\": 1") }
        try self.init(reply, at: now)
    }

    /// Reads the answer of a container's agent, or of an instance's metadata service.
    package init(metadata reply: EndpointReply) throws(NoCredentials) {
        guard reply.head.status == .ok else {
            throw NoCredentials("refuses with HTTP status \(reply.head.status.code)", retryAfter: reply.retryAfter)
        }
        guard let members = try? reply.object(CredentialsReply.self) else {
            throw NoCredentials("does not answer with a JSON object")
        }
        if let code = members.code.value, code != "Success" {
            throw NoCredentials("has no credentials: \(code.displayable(atMost: 64))")
        }
        try self.init(members, at: reply.sentAt)
    }

    private init(_ reply: CredentialsReply, at now: Instant) throws(NoCredentials) {
        try self.init(
            accessKeyID: reply.accessKeyID.value,
            secretAccessKey: reply.secretAccessKey.value,
            sessionToken: reply.sessionToken.value ?? reply.token.value,
            expiration: reply.expiration,
            at: now
        )
    }

    /// Takes the parts of an answer.
    ///
    /// - Throws: why they are no credentials that can be used at this time.
    init(
        accessKeyID: String?,
        secretAccessKey: String?,
        sessionToken: String?,
        expiration: Member<String>,
        at now: Instant
    ) throws(NoCredentials) {
        guard let accessKeyID, let secretAccessKey, [accessKeyID, secretAccessKey].allSatisfy(Self.isKeyText),
            sessionToken.map(Self.isKeyText) != false
        else { throw NoCredentials("gives no usable access key") }
        self.init(
            accessKeyID: accessKeyID,
            secretAccessKey: Secret(secretAccessKey),
            sessionToken: sessionToken.map { Secret($0) }
        )
        if case .absent = expiration { return }
        guard let end = expiration.value.flatMap({ AWSDate($0) }) else {
            throw NoCredentials("gives credentials whose Expiration is no date")
        }
        guard end.wall > now.wall else { throw NoCredentials("gives credentials that have ended") }
        expiresAt = end.wall
    }

    /// Whether a text can be a part of credentials: visible ASCII, so that it can stand in a header field.
    private static func isKeyText(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// Credentials as JSON, in the spelling that commands, containers and instances share.
private struct CredentialsReply: Decodable {
    var version: Member<Int>
    var accessKeyID: Member<String>
    var secretAccessKey: Member<String>
    /// A command's name for the session token.
    var sessionToken: Member<String>
    /// The others' name for it.
    var token: Member<String>
    var expiration: Member<String>
    /// An instance may say with status 200 that it has none.
    var code: Member<String>

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case sessionToken = "SessionToken"
        case token = "Token"
        case expiration = "Expiration"
        case code = "Code"
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        version = members.member(.version)
        accessKeyID = members.member(.accessKeyID)
        secretAccessKey = members.member(.secretAccessKey)
        sessionToken = members.member(.sessionToken)
        token = members.member(.token)
        expiration = members.member(.expiration)
        code = members.member(.code)
    }
}
