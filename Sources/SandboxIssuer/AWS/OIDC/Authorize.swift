extension IssuerMachine {
    /// The page where a person lets a client have a code (`GET /authorize`, which no model of AWS describes). It asks
    /// nobody where logins are approved by themselves.
    ///
    /// What is wrong with the client or its address is told to the person, all else to the client (RFC 6749 section
    /// 4.1.2.1).
    mutating func authorize(_ request: Request, at now: Duration) -> Answer {
        guard request.method == "GET" else { return decideCode(request, at: now) }
        let query = request.query
        guard let client = query["client_id"].flatMap({ codeClient($0, at: now) }) else {
            return Answer(response: VerificationPage.refused(problem: "Invalid client.").response(400))
        }
        guard let redirectURI = query["redirect_uri"],
            client.redirectURIs.contains(where: { RedirectURI($0)?.covers(redirectURI) ?? false })
        else {
            let page = VerificationPage.refused(problem: "The program has not registered the address it wants.")
            return Answer(response: page.response(400))
        }
        var login = CodeLogin(
            redirectURI: redirectURI,
            state: query["state"],
            challenge: query["code_challenge"] ?? "",
            expiresAt: now + configuration.aws.codeLifetime
        )
        let scope = query["scopes"].map { $0.split(separator: " ").map(String.init) } ?? []
        guard query["response_type"] == "code", query["code_challenge_method"] == "S256", login.challenge.count == 43
        else { return Answer(response: login.refusal("invalid_request")) }
        guard Set(scope).isSubset(of: client.scopes) else { return Answer(response: login.refusal("invalid_scope")) }
        let isApproved = configuration.approval != .byHand
        if isApproved { login.decision = .approved }
        let grant = addGrant(of: client.id, scope: scope, code: login)
        guard !isApproved else { return approval(of: grant, login) }
        let page = VerificationPage.consent(
            userCode: mint.userCode(grant: grant.id),
            client: client.name,
            scope: scope
        )
        return Answer(response: page.response(), grant: grant.id)
    }

    /// Takes the decision that the page has sent.
    private mutating func decideCode(_ request: Request, at now: Duration) -> Answer {
        let form = request.form
        guard let userCode = form["user_code"],
            let grant = grants.first(where: { $0.code != nil && mint.userCode(grant: $0.id) == userCode }),
            var login = grant.code, login.decision == .pending, now < login.expiresAt
        else {
            let page = VerificationPage.refused(problem: "This login is over. Please start it again.")
            return Answer(response: page.response(400))
        }
        login.decision = form["decision"] == "approve" ? .approved : .denied
        grants[grant.id - 1].code = login
        return login.decision == .approved
            ? approval(of: grant, login) : Answer(response: login.refusal("access_denied"), grant: grant.id)
    }

    private func approval(of grant: Grant, _ login: CodeLogin) -> Answer {
        let ticket = Ticket.authorizationCode(grant: grant.id)
        return Answer(response: login.redirect(["code": mint.text(ticket)]), grant: grant.id, issued: [ticket.name])
    }

    /// Who may ask for codes: a client that has registered for it, or an application.
    private func codeClient(
        _ id: String,
        at now: Duration
    ) -> (id: String, name: String, scopes: [String], redirectURIs: [String])? {
        if let application = configuration.aws.applications.first(where: { $0.arn == id }) {
            return (id, id, application.scopes, application.redirectURIs)
        }
        guard let client = registrations.first(where: { $0.clientID == id }), now < client.expiresAt,
            client.grantTypes.contains(.authorizationCode)
        else { return nil }
        return (id, client.name, client.scopes, client.redirectURIs)
    }
}
