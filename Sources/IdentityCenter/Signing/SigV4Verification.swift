import HTTPTypes
package import OAuth

/// Checks the signatures of requests, as AWS does; for those who play AWS.
package struct SigV4Verification: Sendable {
    /// Why a request is refused.
    package enum Refusal: Error, Sendable, Hashable {
        /// There is no signature, or it is not of this form, or it covers too little: `host`, `X-Amz-Date` and the
        /// `X-Amz-Security-Token` that is sent must be signed.
        case incomplete
        /// Nobody has a key of this id, or its session token is another one.
        case unknownKey
        /// The credentials have ended.
        case expiredCredentials
        /// The signature's date is too far from the clock.
        case wrongDate
        /// The signature is for another day, region or service.
        case wrongScope
        /// The signature is not what the key makes of this request.
        case wrongSignature
    }

    /// How far the date of a signature may be off, either way.
    package static let tolerance = Duration.seconds(5 * 60)

    private let region: String
    private let service: String
    private let credentials: @Sendable (_ accessKeyID: String) -> SigningCredentials?

    /// Takes the names that signatures must be made for, and where the credentials of a key are found.
    package init(
        region: String,
        service: String,
        credentials: @escaping @Sendable (_ accessKeyID: String) -> SigningCredentials?
    ) {
        self.region = region
        self.service = service
        self.credentials = credentials
    }

    /// Checks a request as it was received: `authority` is its `Host` field, `path` the path and query of its first
    /// line.
    ///
    /// - Returns: the id of the key that has signed it.
    package func verify(_ request: EndpointRequest, at now: Instant) throws(Refusal) -> String {
        let fields = request.head.headerFields
        guard let authorization = fields[.authorization].flatMap({ Authorization($0) }),
            let date = fields[.amzDate].flatMap({ SigningDate($0) }),
            Set(["host", "x-amz-date"]).isSubset(of: authorization.signedNames),
            fields[.amzSecurityToken] == nil || authorization.signedNames.contains("x-amz-security-token")
        else { throw .incomplete }
        guard let known = credentials(authorization.accessKeyID),
            known.sessionToken == fields[.amzSecurityToken].map({ Secret($0) })
        else { throw .unknownKey }
        if let end = known.expiresAt, end <= now.wall { throw .expiredCredentials }
        let offset = date.wall - now.wall
        guard max(offset, .zero - offset) <= Self.tolerance else { throw .wrongDate }
        let scope = CredentialScope(date: date, region: region, service: service)
        guard authorization.scope == scope.text else { throw .wrongScope }
        let canonical = CanonicalRequest(request, signing: authorization.signedNames)
        let expected = StringToSign(canonical, in: scope).signature(with: known.secretAccessKey)
        // A secret is compared in constant time.
        guard Secret(expected) == Secret(authorization.signature) else { throw .wrongSignature }
        return authorization.accessKeyID
    }
}
