/// The issuer as a value: what it has granted, what it was told to break, what it saw.
///
/// One method takes a request and the time and gives the reply; nothing here reads a clock, draws a random number or
/// touches a socket. Times are durations since 1970-01-01T00:00:00Z.
package struct IssuerMachine: Sendable {
    package var configuration: SandboxIssuer.Configuration
    /// All grants; number `n` stands at index `n - 1`.
    package internal(set) var grants: [Grant] = []
    /// Every request but those of the control API, the oldest first.
    package internal(set) var log: [LogEntry] = []
    package internal(set) var reuses: [Reuse] = []
    /// The faults in wait, in the order in which they will strike.
    package internal(set) var faults: [Endpoint: [Fault]] = [:]
    /// Which log entries are unanswered token requests of a grant.
    package private(set) var inFlight: Set<Int> = []
    /// The clients that have registered themselves with SSO-OIDC; the newest last.
    package internal(set) var registrations: [Registration] = []
    /// The temporary keys that the portal and STS have issued, by their ids.
    package internal(set) var roleKeys: [String: AccessKey] = [:]

    var mint: Mint
    let signer: TokenSigner

    /// Makes an issuer that has granted nothing. All its secrets follow from the seed.
    package init(configuration: SandboxIssuer.Configuration = .init(), seed: [UInt8]) {
        self.configuration = configuration
        mint = Mint(seed: seed)
        signer = TokenSigner(seed: seed)
    }

    /// What an endpoint says, and what the log tells of it.
    struct Answer {
        var response: Response
        var grant: Int?
        var issued: [String] = []
    }

    /// A response and how it is to reach the client.
    package struct Reply: Sendable, Hashable {
        /// Which log entry it answers; `nil` for the control API.
        package var number: Int?
        package var response: Response
        package var delay: Duration = .zero
        package var delivery: Delivery = .whole
    }

    /// Takes a request that has come in whole.
    ///
    /// - Returns: The reply. Who has delivered it, or given up, says so by `finish`.
    package mutating func handle(_ request: Request, at now: Duration) -> Reply {
        guard !request.path.hasPrefix(Endpoint.controlPrefix) else { return Reply(response: control(request, at: now)) }
        let endpoint = Endpoint(request, issuerPath: configuration.path)
        let fault = nextFault(at: endpoint)
        let delivery = fault?.delivery ?? .whole
        var entry = entry(for: request, to: endpoint, at: now)
        var response = Response(204)
        if fault?.acts ?? true { response = act(on: request, noting: &entry, at: now) }
        if let answer = fault?.answer { response = answer }
        response.headers["Date"] = response.headers["Date"] ?? HTTPDate.text(now + configuration.clockOffset)
        entry.fault = fault?.name
        entry.status = delivery.answers ? response.status : nil
        if endpoint.issuesTokens, let grant = entry.grant {
            entry.inFlight = inFlight.count { log[$0 - 1].grant == grant } + 1
            inFlight.insert(entry.number)
        }
        log.append(entry)
        return Reply(number: entry.number, response: response, delay: fault?.delay ?? .zero, delivery: delivery)
    }

    /// Notes that a reply is out, or that its client has gone.
    package mutating func finish(_ number: Int) { inFlight.remove(number) }

    private mutating func nextFault(at endpoint: Endpoint) -> Fault? {
        guard var queue = faults[endpoint], !queue.isEmpty else { return nil }
        let fault = queue.removeFirst()
        faults[endpoint] = queue.isEmpty ? nil : queue
        return fault
    }

    /// What is known of a request before anything is done about it.
    private func entry(for request: Request, to endpoint: Endpoint, at now: Duration) -> LogEntry {
        let form = endpoint.service == .oauth ? request.form : request.parameters
        let presented = PresentedClient(request)
        var entry = LogEntry(
            number: log.count + 1,
            at: now,
            endpoint: endpoint,
            method: request.method,
            path: request.path,
            client: presented.id ?? form["clientId"] ?? form["client_id"],
            authentication: presented.method?.rawValue,
            parameters: abbreviated(form)
        )
        let credentials = LogEntry.credentials.compactMap { form[$0] } + [request.headers["x-amz-sso_bearer_token"]]
        let ticket = credentials.compactMap { $0.flatMap(self.ticket) }.first
        entry.grant = ticket?.grant
        if case .refreshToken(_, let generation) = ticket { entry.generation = generation }
        if entry.grantType == .clientCredentials { entry.grant = presented.id.flatMap(ownGrant(of:))?.id }
        return entry
    }

    private mutating func act(on request: Request, noting entry: inout LogEntry, at now: Duration) -> Response {
        guard entry.endpoint.service == .oauth else { return operate(on: request, noting: &entry, at: now) }
        do throws(OAuthError) {
            let answer =
                switch entry.endpoint {
                case .metadata: Answer(response: metadata(request))
                case .token: try token(request, at: now)
                case .deviceAuthorization: try deviceAuthorization(request, at: now)
                case .verification: Answer(response: verification(request, at: now))
                case .revocation: try revocation(request)
                case .keySet: Answer(response: .json(signer.keySet))
                case .userInfo: try userInfo(request, at: now)
                default: Answer(response: .json(["error": "not_found"], status: 404))
                }
            entry.issued = answer.issued
            entry.grant = answer.grant ?? entry.grant
            return answer.response
        } catch {
            entry.error = error.code
            var response = error.response
            if entry.endpoint == .token { response.status = configuration.reply.errorStatus ?? response.status }
            return response
        }
    }

    private func abbreviated(_ form: Form) -> [String: String] {
        let open: Set = [
            "audience", "client_id", "decision", "grant_type", "resource", "scope", "token_type_hint", "user_code",
            // AWS's
            "clientId", "clientName", "clientType", "grantType", "grantTypes", "issuerUrl", "redirectUri",
            "redirectUris", "redirect_uri", "requestedTokenType", "response_type", "scopes", "startUrl",
            "subjectTokenType", "code_challenge_method", "account_id", "role_name", "max_result", "next_token",
            "Action", "DurationSeconds", "RoleArn", "RoleSessionName", "Version",
        ]
        let shown = form.fields.map { field in
            let isOpen = open.contains(field.name) || field.value.isEmpty
            return (field.name, isOpen ? field.value : ticket(field.value)?.name ?? mint.fingerprint(field.value))
        }
        return Dictionary(shown) { "\($0) \($1)" }
    }

    /// What a credential stands for; `nil` for one that is not this issuer's.
    func ticket(_ text: String) -> Ticket? {
        mint.read(text) ?? signer.tokenID(of: text).flatMap { Ticket(name: $0) }
    }

    /// What a client may do on its own behalf, where it has done anything yet.
    func ownGrant(of client: String) -> Grant? {
        grants.first { $0.login == nil && $0.client == client && !$0.isRevoked }
    }

    /// The grant of a number, where there is one.
    func grant(_ id: Int) -> Grant? { grants.indices.contains(id - 1) ? grants[id - 1] : nil }
}

extension Delivery {
    /// Whether the client gets to see a status.
    fileprivate var answers: Bool {
        switch self {
        case .whole, .truncated, .slow: true
        case .reset, .close, .hang: false
        }
    }
}
