/// What a test or a script may do to the issuer beside sending it requests.
extension IssuerMachine {
    /// Lets the next requests to an endpoint fail, after those faults that wait there already.
    package mutating func inject(_ fault: Fault, at endpoint: Endpoint, times: Int = 1) {
        faults[endpoint, default: []] += Array(repeating: fault, count: times)
    }

    /// Whether a refresh token would be taken now.
    package func isLive(refreshToken: String, at now: Duration) -> Bool {
        guard case .refreshToken(let id, let generation) = mint.read(refreshToken), var grant = grant(id) else {
            return false
        }
        return !grant.isOver(at: now) && grant.redeem(generation: generation, by: configuration.refresh, at: now) != nil
    }

    /// Ends a login from the issuer's side, as an administrator does; all of them without a number.
    package mutating func revoke(grant id: Int? = nil) {
        for index in grants.indices where id == nil || grants[index].id == id { grants[index].isRevoked = true }
    }

    /// How many requests there were of an endpoint, and of a grant type where one is given.
    package func count(of endpoint: Endpoint, grantType: GrantType? = nil) -> Int {
        log.count { $0.endpoint == endpoint && (grantType == nil || $0.grantType == grantType) }
    }

    /// The most token requests of one grant that were unanswered at the same time; of any grant without a number.
    package func maxInFlight(grant: Int? = nil) -> Int {
        log.lazy.filter { $0.endpoint.issuesTokens && (grant == nil || $0.grant == grant) }.map(\.inFlight).max() ?? 0
    }

    /// The generations of the refresh token that a grant's requests presented, in their order.
    package func generationsUsed(grant: Int) -> [Int] {
        log.filter { $0.endpoint.issuesTokens && $0.grant == grant }.compactMap(\.generation)
    }
}

extension SandboxIssuer {
    /// An account of an issuer for tokend's configuration file, ready to be pasted.
    package static func accountConfiguration(issuerURL: String, clientID: String) -> String {
        """
        [account.sandbox]
        issuer = "\(issuerURL)"
        client_id = "\(clientID)"
        flow = "device"
        scopes = ["openid", "offline_access"]

        """
    }
}
