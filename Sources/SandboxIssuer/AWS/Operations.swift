extension IssuerMachine {
    /// The id that every answer of AWS bears; nobody here looks anything up by it.
    static let requestID = "00000000-0000-4000-8000-000000000000"

    /// Answers a request to one of the services of AWS.
    mutating func operate(on request: Request, noting entry: inout LogEntry, at now: Duration) -> Response {
        var response: Response
        do throws(AWSError) {
            let answer =
                switch entry.endpoint.service {
                case .oidc: try oidc(request, noting: &entry, at: now)
                case .portal: try portal(request, entry.endpoint, at: now)
                case .sts: try sts(request, noting: &entry, at: now)
                case .oauth: Answer(response: .json(["error": "not_found"], status: 404))
                }
            entry.issued = answer.issued
            entry.grant = answer.grant ?? entry.grant
            response = answer.response
        } catch {
            entry.error = error.name
            response = error.response
        }
        response.headers["x-amzn-RequestId"] = IssuerMachine.requestID
        return response
    }

    private mutating func oidc(
        _ request: Request,
        noting entry: inout LogEntry,
        at now: Duration
    ) throws(AWSError) -> Answer {
        if entry.endpoint == .createTokenWithIAM {
            try note(signer(of: request, to: .oidc, at: now), in: &entry)
        }
        do throws(OAuthError) {
            switch entry.endpoint {
            case .registerClient: return try registerClient(request, at: now)
            case .startDeviceAuthorization: return try startDeviceAuthorization(request, at: now)
            case .createToken: return try createToken(request, at: now)
            case .createTokenWithIAM: return try createTokenWithIAM(request, at: now)
            default: return authorize(request, at: now)
            }
        } catch {
            throw AWSError(error)
        }
    }

    private mutating func portal(
        _ request: Request,
        _ operation: Endpoint,
        at now: Duration
    ) throws(AWSError) -> Answer {
        let session = try portalSession(request, at: now)
        switch operation {
        case .getRoleCredentials: return try getRoleCredentials(request, in: session, at: now)
        case .listAccounts: return try listAccounts(request, in: session)
        case .listAccountRoles: return try listAccountRoles(request, in: session)
        default: return logout(session)
        }
    }

    private mutating func sts(
        _ request: Request,
        noting entry: inout LogEntry,
        at now: Duration
    ) throws(AWSError) -> Answer {
        // A web identity shows who it is by its token.
        guard entry.endpoint != .assumeRoleWithWebIdentity else {
            return try assumeRoleWithWebIdentity(request.form, at: now)
        }
        let key = try signer(of: request, to: .sts, at: now)
        note(key, in: &entry)
        entry.client = key.id
        switch entry.endpoint {
        case .assumeRole: return try assumeRole(request.form, by: key, at: now)
        default: return getCallerIdentity(key)
        }
    }

    private func signer(
        of request: Request,
        to service: Endpoint.Service,
        at now: Duration
    ) throws(AWSError) -> AccessKey {
        do throws(SignatureRefusal) {
            return try signingKey(of: request, service: service == .sts ? "sts" : "sso-oauth", at: now)
        } catch {
            throw service == .sts
                ? .sts(error.exception.stsCode, error.message, status: 403)
                : .frontEnd(error.exception, error.message)
        }
    }

    private func note(_ key: AccessKey, in entry: inout LogEntry) {
        entry.authentication = "aws4_request \(key.id)"
    }
}
