import HTTPTypes
package import OAuth

/// Where a container's agent hands out credentials; see “Container credential provider” in the AWS SDKs and Tools
/// Reference Guide.
package struct ContainerEndpoint: Sendable, Hashable {
    /// What the agent knows the caller by.
    package enum Token: Sendable, Hashable {
        case value(Secret)
        /// It is read anew for each request, for it is replaced now and then.
        case file(String)
    }

    package let address: MetadataAddress
    package let token: Token?

    /// Takes the path at the agent of ECS.
    init(relativeURI: String, token: Token?) throws(Failure) {
        guard relativeURI.hasPrefix("/") else {
            throw .unusableCredentials("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /; correct it")
        }
        try self.init("http://169.254.170.2" + relativeURI, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", token)
    }

    /// Takes a whole address: https, or the agents of ECS and EKS, or this machine.
    init(fullURI: String, token: Token?) throws(Failure) {
        try self.init(fullURI, "AWS_CONTAINER_CREDENTIALS_FULL_URI", token)
    }

    private init(_ uri: String, _ variable: String, _ token: Token?) throws(Failure) {
        let agents = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]
        guard let address = MetadataAddress(uri, unencryptedAt: agents) else {
            throw .unusableCredentials(
                "\(variable) must be an https URL, or an http URL on this machine or at "
                    + "\(agents.joined(separator: ", ")); correct it"
            )
        }
        self.address = address
        self.token = token
    }

    /// The request for the credentials, read by `SigningCredentials(metadata:)`. The caller brings the token from where
    /// `token` says.
    ///
    /// - Throws: when the token cannot stand in a header field.
    package func request(token: Secret?) throws(NoCredentials) -> EndpointRequest {
        var head = address.head(.get, "")
        if let token {
            guard let field = HTTPField(secret: token, named: .authorization) else {
                throw NoCredentials("wants an authorization token of one line, which this one is not")
            }
            head.headerFields.append(field)
        }
        return EndpointRequest(head: head)
    }
}
