import HTTPTypes
package import OAuth

/// The metadata service of an EC2 instance, in its second version alone: the first gives credentials to whoever can
/// make a program of the instance fetch an address.
package struct InstanceEndpoint: Sendable, Hashable {
    private static let roles = "/latest/meta-data/iam/security-credentials/"
    private let address: MetadataAddress

    /// Takes the service's address.
    init(_ address: String) throws(Failure) {
        let services = ["169.254.169.254", "[fd00:ec2::254]"]
        guard let address = MetadataAddress(address, unencryptedAt: services) else {
            throw .unusableCredentials(
                "AWS_EC2_METADATA_SERVICE_ENDPOINT must be an https URL, or an http URL on this machine or at "
                    + "\(services.joined(separator: ", ")); correct it"
            )
        }
        self.address = address
    }

    /// Scheme and host.
    package var origin: String { address.origin }

    /// The request for a session, which comes before all others; read by `readSession`.
    package var sessionRequest: EndpointRequest {
        var head = address.head(.put, "/latest/api/token")
        head.headerFields[.metadataSessionLifetime] = "21600"
        return EndpointRequest(head: head)
    }

    /// Reads the token of a session.
    package func readSession(_ reply: EndpointReply) throws(NoCredentials) -> Secret {
        let token = Secret(utf8: reply.body)
        guard reply.head.status == .ok, !token.isEmpty else {
            throw NoCredentials("refuses a session of IMDSv2 with HTTP status \(reply.head.status.code)")
        }
        return token
    }

    /// The request for the name of the instance's role; read by `readRole`.
    package func roleRequest(session: Secret) throws(NoCredentials) -> EndpointRequest {
        try request(Self.roles, session)
    }

    /// Reads the name of the role.
    package func readRole(_ reply: EndpointReply) throws(NoCredentials) -> String {
        let text = String(decoding: reply.body, as: UTF8.self)
        let isName = { (name: Substring) in name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2F } }
        guard reply.head.status == .ok, let role = text.split(whereSeparator: \.isWhitespace).first, isName(role) else {
            throw NoCredentials("knows no role of the instance (HTTP status \(reply.head.status.code))")
        }
        return String(role)
    }

    /// The request for the credentials of a role; read by `SigningCredentials(metadata:)`.
    package func credentialsRequest(role: String, session: Secret) throws(NoCredentials) -> EndpointRequest {
        try request(Self.roles + role, session)
    }

    private func request(_ path: String, _ session: Secret) throws(NoCredentials) -> EndpointRequest {
        guard let field = HTTPField(secret: session, named: .metadataSession) else {
            throw NoCredentials("gives a session that cannot be used")
        }
        var head = address.head(.get, path)
        head.headerFields.append(field)
        return EndpointRequest(head: head)
    }
}

extension HTTPField.Name {
    static let metadataSession = Self(known: "X-aws-ec2-metadata-token")
    static let metadataSessionLifetime = Self(known: "X-aws-ec2-metadata-token-ttl-seconds")
}
