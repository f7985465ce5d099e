import HTTPTypes
package import OAuth

/// Temporary credentials of a role, as `GetRoleCredentials` gives them.
package struct RoleCredentials: Sendable, Hashable {
    package var accessKeyID: String
    package var secretAccessKey: Secret
    package var sessionToken: Secret
    /// When they end, as AWS says it: time since 1970.
    package var expiresAt: Duration
    /// When the request for them was sent.
    package var obtained: Instant
    /// How long they live, counted from `obtained`.
    package var lifetime: Duration

    package init(
        accessKeyID: String,
        secretAccessKey: Secret,
        sessionToken: Secret,
        expiresAt: Duration,
        obtained: Instant,
        lifetime: Duration
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiresAt = expiresAt
        self.obtained = obtained
        self.lifetime = lifetime
    }

    /// When they end, on both of our clocks.
    package var expiry: Instant { obtained.advanced(by: lifetime) }

    /// How long they still live; negative when they have ended.
    package func remaining(at now: Instant) -> Duration { now.remaining(until: expiry) }

    /// The same for signing requests to AWS.
    package var signing: SigningCredentials {
        SigningCredentials(
            accessKeyID: accessKeyID,
            secretAccessKey: secretAccessKey,
            sessionToken: sessionToken,
            expiresAt: expiresAt
        )
    }
}

extension RoleCredentials {
    /// Reads the reply to `GetRoleCredentials`.
    ///
    /// `expiration` is a moment in milliseconds since 1970. Their life is measured by the portal's own clock where the
    /// reply tells it, because ours may be wrong.
    package init(_ reply: EndpointReply) throws(PortalError) {
        try reply.checkPortal()
        let members = try reply.portalObject(Members.self).roleCredentials
        guard let keyID = members.accessKeyID.value, let key = members.secretAccessKey.value,
            let token = members.sessionToken.value, [keyID, key, token].allSatisfy(Self.isKeyText)
        else { throw .invalidReply("the portal's answer holds no usable credentials") }
        guard let milliseconds = members.expiration.value?.value, Self.plausible.contains(milliseconds) else {
            throw .invalidReply("the credentials' expiration is not a moment", code: Failure.Code.invalidLifetime)
        }
        expiresAt = .milliseconds(milliseconds)
        lifetime = expiresAt - reply.issuersClock
        guard lifetime > .zero else {
            throw .invalidReply("the credentials had ended when they came", code: Failure.Code.invalidLifetime)
        }
        accessKeyID = keyID
        secretAccessKey = Secret(key)
        sessionToken = Secret(token)
        obtained = reply.sentAt
    }

    /// From September 2001 to the year 5138. A number below these is one of seconds.
    private static let plausible = 1e12...1e14

    /// Whether a text can be a part of credentials: visible ASCII. A line break in it would become a second line with
    /// whoever uses it.
    private static func isKeyText(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// The texts in it are copies that cannot be wiped; they live as long as the reading of one reply.
    private struct Members: Decodable {
        var roleCredentials: Credentials
    }

    private struct Credentials: Decodable {
        var accessKeyID: Member<String>
        var secretAccessKey: Member<String>
        var sessionToken: Member<String>
        var expiration: Member<DecimalNumber>

        private enum CodingKeys: String, CodingKey {
            case accessKeyID = "accessKeyId"
            case secretAccessKey
            case sessionToken
            case expiration
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            accessKeyID = members.member(.accessKeyID)
            secretAccessKey = members.member(.secretAccessKey)
            sessionToken = members.member(.sessionToken)
            expiration = members.member(.expiration)
        }
    }
}

extension EndpointReply {
    /// The time since 1970 by the clock of who replied, else by ours.
    fileprivate var issuersClock: Duration {
        let date = head.headerFields[values: .date].first.flatMap { HTTPDate($0, now: sentAt.wall.wholeSeconds) }
        return date.map { .seconds($0.seconds) } ?? sentAt.wall
    }
}
