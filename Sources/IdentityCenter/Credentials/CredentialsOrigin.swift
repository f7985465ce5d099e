package import OAuth

/// Where signing credentials are to be fetched: one place, chosen among those that AWS's own tools know by what the
/// environment and the AWS files say.
package indirect enum CredentialsOrigin: Sendable, Hashable {
    /// Already at hand, in the environment or in a file.
    case keys(SigningCredentials)
    /// The output of a command, which is run without a shell.
    case process([String], profile: String)
    /// A role that is assumed by means of other credentials.
    case role(AssumedRole, by: CredentialsOrigin)
    /// A role that is assumed by means of a token in a file.
    case webIdentity(AssumedRole, tokenFile: String)
    /// The agent of a container, such as those of ECS and EKS.
    case container(ContainerEndpoint)
    /// The metadata service of an EC2 instance; the last resort, where nothing else is set up.
    case instance(InstanceEndpoint, isLastResort: Bool)
}

/// A role as STS is asked for it.
package struct AssumedRole: Sendable, Hashable {
    package var arn: String
    /// How the session appears in AWS's logs.
    package var sessionName: String
    package var externalID: String?
    /// In seconds; `nil` leaves it to STS.
    package var duration: Int?
    /// Where STS is.
    package var endpoint: Endpoint
}

/// Why a place gives no credentials: a predicate to its name, such as “does not answer”.
package struct NoCredentials: Error, Sendable, Hashable {
    package var reason: String
    /// What the place asked for before another try.
    package var retryAfter: Duration?

    package init(_ reason: String, retryAfter: Duration? = nil) {
        self.reason = reason
        self.retryAfter = retryAfter
    }
}

extension CredentialsOrigin {
    /// Makes a failure of what the place does instead of giving credentials. It is a temporary one: files, commands and
    /// services come back, and nothing has been sent.
    package func failure(_ cause: NoCredentials) -> Failure {
        .noCredentials("\(name) \(cause.reason); \(remedy)", retryAfter: cause.retryAfter)
    }

    private var name: String {
        switch self {
        case .keys: "the AWS configuration"
        case .process(_, let profile): "the credential_process of the AWS profile \(profile)"
        case .role(let role, _), .webIdentity(let role, _): "STS at \(role.endpoint.address.origin)"
        case .container(let endpoint): "the container's agent at \(endpoint.address.origin)"
        case .instance(let endpoint, let isLastResort):
            (isLastResort
                ? "there are no AWS credentials in the environment, in the AWS files or in a container, and " : "")
                + "the instance's metadata service at \(endpoint.origin)"
        }
    }

    private var remedy: String {
        switch self {
        case .keys: "correct it"
        case .process: "run it by hand to see why"
        case .role(let role, _): "see whether the role \(role.arn) trusts these credentials"
        case .webIdentity(let role, let file): "see whether the role \(role.arn) trusts the token in \(file)"
        case .container: "see whether the container has a role"
        case .instance: "give the instance a role, or name other credentials by aws_credentials"
        }
    }
}

extension Failure.Code {
    /// The credentials that sign requests to AWS could not be had.
    package static let signingCredentials = "signing_credentials"
}

extension Failure {
    /// Nothing can be signed until somebody changes the files or the environment.
    static func unusableCredentials(_ detail: String) -> Failure {
        Failure(.misconfigured, code: Code.signingCredentials, detail: detail)
    }

    /// Nothing can be signed for the time being.
    package static func noCredentials(_ detail: String, retryAfter: Duration? = nil) -> Failure {
        Failure(.temporary(.notSent, retryAfter: retryAfter), code: Code.signingCredentials, detail: detail)
    }
}
