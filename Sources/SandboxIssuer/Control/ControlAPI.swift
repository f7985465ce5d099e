import FoundationEssentials

/// The control API, by which a script does what a test does by calls. JSON in both directions; a body must say that it is
/// JSON, so that no web page can send one by a plain form.
///
/// | request | does |
/// |---|---|
/// | `GET /sandbox/log?after=N` | `{"requests":[…]}`: those with a number above N |
/// | `GET /sandbox/state` | `{"grants":[…],"pending":[…],"reuses":[…],"in_flight","max_in_flight","faults"}` |
/// | `GET /sandbox/config.toml` | an account of this issuer for tokend's configuration |
/// | `GET /sandbox/aws.toml` | the same of its AWS side |
/// | `GET /sandbox/aws.ini` | a profile of its AWS side for `~/.aws/config` |
/// | `POST /sandbox/faults {"endpoint","fault",…}` | lets the next requests fail, see `FaultRequest` |
/// | `DELETE /sandbox/faults` | forgets the faults in wait |
/// | `POST /sandbox/approve`, `/sandbox/deny` `{"user_code"}` | decides; without a code, on every login that waits |
/// | `POST /sandbox/mode {"refresh","grace"}` | changes what becomes of used refresh tokens; `grace` in seconds |
/// | `POST /sandbox/clock {"offset"}` | puts the clock off that `Date` shows and signatures are checked by; in seconds |
/// | `POST /sandbox/live {"refresh_token"}` | `{"live":true}` if it would be taken now |
/// | `POST /sandbox/revoke {"grant"}` | ends a login; without a number, all |
extension IssuerMachine {
    mutating func control(_ request: Request, at now: Duration) -> Response {
        do throws(ControlError) {
            switch (request.method, String(request.path.dropFirst(Endpoint.controlPrefix.count))) {
            case ("GET", "log"): return requestsReply(after: request.query["after"].flatMap { Int($0) } ?? 0)
            case ("GET", "state"): return stateReply(at: now)
            case ("GET", "config.toml"): return configurationReply()
            case ("GET", "aws.toml"):
                return text(
                    SandboxIssuer.awsAccountConfiguration(issuerURL: configuration.issuerURL, aws: configuration.aws),
                    type: "application/toml"
                )
            case ("GET", "aws.ini"):
                return text(
                    SandboxIssuer.awsProfile(issuerURL: configuration.issuerURL, aws: configuration.aws),
                    type: "text/plain"
                )
            case ("POST", "faults"): try inject(body(FaultRequest.self, of: request))
            case ("DELETE", "faults"): faults = [:]
            case ("POST", "approve"): try decide(body(UserCode.self, of: request), approve: true, at: now)
            case ("POST", "deny"): try decide(body(UserCode.self, of: request), approve: false, at: now)
            case ("POST", "mode"): try setMode(body(Mode.self, of: request))
            case ("POST", "clock"): configuration.clockOffset = .seconds(try body(Clock.self, of: request).offset)
            case ("POST", "live"): return liveReply(try body(RefreshToken.self, of: request), at: now)
            case ("POST", "revoke"): revoke(grant: try body(GrantNumber.self, of: request).grant)
            default: throw ControlError("no such request: \(request.method) \(request.path)", status: 404)
            }
            return .json(["done": true])
        } catch {
            return .json(["error": .string(error.message)], status: error.status)
        }
    }

    private func requestsReply(after number: Int) -> Response {
        .json(["requests": .array(log.dropFirst(max(0, number)).map(\.json))])
    }

    private func stateReply(at now: Duration) -> Response {
        .json([
            "grants": .array(grants.map(\.json)),
            "pending": .strings(pendingUserCodes(at: now)),
            "reuses": .array(reuses.map(\.json)),
            "in_flight": .integer(inFlight.count),
            "max_in_flight": .integer(maxInFlight()),
            "faults": .object(
                Dictionary(uniqueKeysWithValues: faults.map { ($0.key.rawValue, .strings($0.value.map(\.name))) })
            ),
        ])
    }

    private func configurationReply() -> Response {
        let clientID = configuration.clients.first?.id ?? ""
        let text = SandboxIssuer.accountConfiguration(issuerURL: configuration.issuerURL, clientID: clientID)
        return self.text(text, type: "application/toml")
    }

    private func text(_ text: String, type: String) -> Response {
        Response(200, headers: ["Content-Type": type], body: Array(text.utf8))
    }

    private func liveReply(_ question: RefreshToken, at now: Duration) -> Response {
        .json(["live": .bool(isLive(refreshToken: question.refreshToken, at: now))])
    }

    private mutating func inject(_ request: FaultRequest) throws(ControlError) {
        guard let endpoint = Endpoint(rawValue: request.endpoint) else {
            throw ControlError("no such endpoint: \(request.endpoint)")
        }
        let times = request.times ?? 1
        guard (1...FaultRequest.maxTimes).contains(times) else {
            throw ControlError("times must be between 1 and \(FaultRequest.maxTimes)")
        }
        inject(try request.made(at: endpoint), at: endpoint, times: times)
    }

    private mutating func decide(_ code: UserCode, approve: Bool, at now: Duration) throws(ControlError) {
        for userCode in code.userCode.map({ [$0] }) ?? pendingUserCodes(at: now) {
            do throws(UserCodeError) {
                try decide(userCode: userCode, approve: approve, at: now)
            } catch {
                throw ControlError("the code \(userCode) is \(error)", status: 404)
            }
        }
    }

    private mutating func setMode(_ mode: Mode) throws(ControlError) {
        guard let name = RefreshMode.Name(rawValue: mode.refresh) else {
            throw ControlError("refresh must be one of \(RefreshMode.Name.allCases.map(\.rawValue))")
        }
        configuration.refresh = RefreshMode(name, grace: .seconds(mode.grace ?? 10))
    }

    private func body<Body: Decodable>(_: Body.Type, of request: Request) throws(ControlError) -> Body {
        guard request.contentType == "application/json" else {
            throw ControlError("the body must be application/json", status: 415)
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(Body.self, from: Data(request.body))
        } catch {
            throw ControlError("the body cannot be read: \(error)")
        }
    }
}

/// Why the control API refuses.
struct ControlError: Error, Hashable {
    var message: String
    var status: Int

    init(_ message: String, status: Int = 400) {
        self.message = message
        self.status = status
    }
}

private struct UserCode: Decodable { var userCode: String? }
private struct RefreshToken: Decodable { var refreshToken: String }
private struct GrantNumber: Decodable { var grant: Int? }
private struct Clock: Decodable { var offset: Double }
private struct Mode: Decodable {
    var refresh: String
    var grace: Double?
}

extension Grant {
    /// The control API's form.
    fileprivate var json: JSON {
        [
            "id": .integer(id), "client": .string(client), "scope": .strings(scope),
            "generation": .integer(generations.count), "revoked": .bool(isRevoked),
            "user_code": .optional(login?.userCode),
            "login": .optional(login.map { "\($0.state)" }),
        ]
    }
}
