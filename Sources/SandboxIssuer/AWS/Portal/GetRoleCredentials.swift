extension IssuerMachine {
    /// Makes credentials of a role (`GET /federation/credentials`). They outlive the login that they come of.
    mutating func getRoleCredentials(
        _ request: Request,
        in session: Grant,
        at now: Duration
    ) throws(AWSError) -> Answer {
        let awsAccount = try awsAccount(request)
        guard let role = request.query["role_name"] else {
            throw .portal(.invalidRequest, "role_name is missing")
        }
        guard awsAccount.roles.contains(role) else { throw .portal(.forbidden, "No access") }
        let lifetime = configuration.aws.roleCredentialsLifetime
        let key = issueKey(
            awsAccount: awsAccount.id,
            role: "AWSReservedSSO_\(role)_0123456789abcdef",
            sessionName: IssuerMachine.subject,
            lifetime: lifetime,
            at: now
        )
        return Answer(
            response: .json([
                "roleCredentials": [
                    "accessKeyId": .string(key.id),
                    "secretAccessKey": .string(key.secret),
                    "sessionToken": .optional(key.sessionToken),
                    // The portal, unlike all its neighbours, counts milliseconds.
                    "expiration": .integer((now + lifetime).components.seconds * 1000),
                ]
            ]),
            grant: session.id,
            issued: [key.id]
        )
    }
}
