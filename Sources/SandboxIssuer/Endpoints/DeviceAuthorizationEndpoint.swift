extension IssuerMachine {
    /// Begins a device login (RFC 8628 section 3.1).
    mutating func deviceAuthorization(_ request: Request, at now: Duration) throws(OAuthError) -> Answer {
        let form = try oauthForm(request)
        let client = try authenticatedClient(request)
        try require(.deviceCode, of: client)
        let grant = beginDeviceLogin(of: client.id, scope: scope(form), at: now)
        let ticket = Ticket.deviceCode(grant: grant.id)
        let (page, userCode) = (url(of: .verification), mint.userCode(grant: grant.id))
        var members: [String: JSON] = [
            "device_code": .string(mint.text(ticket)),
            "user_code": .string(userCode),
            "verification_uri": .string(page),
            "verification_uri_complete": .string(page + "?" + Form(["user_code": userCode]).encoded),
            "expires_in": .integer(configuration.deviceCodeLifetime.components.seconds),
        ]
        members["interval"] = configuration.interval.map(JSON.integer)
        return Answer(response: .json(.object(members)), grant: grant.id, issued: [ticket.name])
    }

    /// Why a user code cannot be decided upon.
    package enum UserCodeError: Error, Sendable, Hashable {
        case unknown
        case expired
        /// Somebody was faster.
        case decided
    }

    /// The login that a code belongs to, as long as it waits for a decision. Case and dashes do not matter
    /// (RFC 8628 section 6.1).
    package func pendingGrant(userCode: String, at now: Duration) throws(UserCodeError) -> Grant {
        func letters(_ text: String) -> String { text.uppercased().filter(\.isLetter) }
        guard let grant = grants.last(where: { $0.login.map { letters($0.userCode) } == letters(userCode) }),
            let login = grant.login
        else { throw .unknown }
        guard login.state == .pending else { throw .decided }
        guard now < login.expiresAt else { throw .expired }
        return grant
    }

    /// Says yes or no to a login, as a person at the verification page does.
    package mutating func decide(userCode: String, approve: Bool, at now: Duration) throws(UserCodeError) {
        let grant = try pendingGrant(userCode: userCode, at: now)
        grants[grant.id - 1].login?.state = approve ? .approved : .denied
    }

    /// The codes of all logins that wait for a decision, the oldest first.
    package func pendingUserCodes(at now: Duration) -> [String] {
        grants.compactMap(\.login).filter { $0.state == .pending && now < $0.expiresAt }.map(\.userCode)
    }
}
