extension IssuerMachine {
    /// Begins a device login of a registered client (`POST /device_authorization`).
    mutating func startDeviceAuthorization(_ request: Request, at now: Duration) throws(OAuthError) -> Answer {
        let members = try Members(request)
        let client = try registeredClient(members, at: now)
        let startURL = try members.required("startUrl")
        guard startURL.hasPrefix("https://") || startURL.hasPrefix("http://") else {
            throw .invalidRequest("startUrl must be a URL")
        }
        guard client.grantTypes.contains(.deviceCode) else {
            throw OAuthError("unauthorized_client", "the client has not registered for device codes")
        }
        let grant = beginDeviceLogin(of: client.clientID, scope: client.scopes, at: now)
        let ticket = Ticket.deviceCode(grant: grant.id)
        let (page, userCode) = (url(of: .verification), mint.userCode(grant: grant.id))
        return Answer(
            response: .json([
                "deviceCode": .string(mint.text(ticket)),
                "userCode": .string(userCode),
                "verificationUri": .string(page),
                "verificationUriComplete": .string(page + "?" + Form(["user_code": userCode]).encoded),
                "expiresIn": .integer(configuration.deviceCodeLifetime.components.seconds),
                "interval": configuration.interval.map(JSON.integer) ?? .null,
            ]),
            grant: grant.id,
            issued: [ticket.name]
        )
    }
}
