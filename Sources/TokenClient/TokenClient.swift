import FoundationEssentials
package import LocalAPI

/// Asks tokend for tokens.
///
/// ```swift
/// let client = try TokenClient()
/// let token = try client.token(account: "work")
/// request.headers["Authorization"] = token.authorization
/// ```
///
/// Tokens need not be kept: tokend renews them ahead of time and answers from memory, so ask before each use. Every
/// call opens a connection of its own and blocks the thread until the answer is there, for at most `TokenOptions.wait`
/// and the daemon's own time; call it from a thread that may wait. The listener must run under the caller's uid.
public struct TokenClient: Sendable {
    package let socket: SocketPath

    /// A client of the daemon whose socket the environment names: `$TOKEND_SOCKET`, else
    /// `$TOKEND_RUNTIME_DIR/tokend.sock`, else `$XDG_RUNTIME_DIR/tokend/tokend.sock`. Throws `unusableSocketPath` if
    /// none of the three is set.
    public init() throws(TokenClientError) { socket = try SocketPath() }

    /// A client of the daemon that listens at a path.
    public init(socketPath: String) { socket = SocketPath(named: socketPath) }

    /// A token of an account, with what is known of it.
    ///
    /// Throws `loginRequired` at once, never after a wait, when a person must log in; `waitTimeout` or
    /// `temporarilyUnavailable` when another try may help.
    public func token(account: String, options: TokenOptions = TokenOptions()) throws(TokenClientError) -> AccessToken {
        try AccessToken(ask(.token(account, options.query)).value())
    }

    /// The token alone. As `token(account:options:)`, but the reply is not JSON, and nothing of Foundation runs.
    public func tokenText(account: String, options: TokenOptions = TokenOptions()) throws(TokenClientError) -> String {
        String(decoding: try plainToken(account, options.query), as: UTF8.self)
    }

    /// The state of every account, in the order of the configuration.
    public func accounts() throws(TokenClientError) -> [Account] {
        try ask(.accounts).value().accounts.map(Account.init)
    }

    /// The state of one account. Throws `unknownAccount`.
    public func account(_ name: String) throws(TokenClientError) -> Account {
        Account(try ask(.account(name)).value())
    }

    /// Makes the daemon refresh an account now and waits for the outcome. Throws as `token(account:options:)` does.
    public func refresh(account: String) throws(TokenClientError) {
        _ = try ask(.refresh(account))
    }

    /// Temporary credentials of a role in an AWS account, through an account of AWS IAM Identity Center.
    ///
    /// They need not be kept: tokend holds them and renews them while they are asked for. Throws as
    /// `token(account:options:)` does, and `accessDenied` for a role that is not assigned.
    public func roleCredentials(
        account: String,
        accountID: String,
        role: String,
        wait: Duration = .seconds(30)
    ) throws(TokenClientError) -> RoleCredentials {
        let role = RoleCredentialsRequest(accountID: accountID, role: role)
        let json = try roleCredentials(account, role, wait: wait.wholeSeconds)
        return RoleCredentials(try Answer<RoleCredentialsAnswer>(status: 200, json: json).value())
    }

    /// Every AWS account in which the login of an account has a role.
    public func awsAccounts(account: String) throws(TokenClientError) -> [AWSAccount] {
        try ask(.awsAccounts(account)).value().accounts.map(AWSAccount.init)
    }

    /// The names of the roles that the login of an account has in an AWS account.
    public func awsRoles(account: String, accountID: String) throws(TokenClientError) -> [String] {
        try ask(.awsRoles(account, accountID: accountID)).value().roles.map(\.role)
    }

    /// The bytes of a token, all of them printable ASCII (RFC 6749 appendix A.12). This is the path that must start and
    /// end as fast as a C program: no JSON, no Foundation.
    package func plainToken(_ account: String, _ query: TokenQuery) throws(TokenClientError) -> [UInt8] {
        var exchange = try open(.plainToken(account, query))
        let head = try exchange.head()
        let body = try exchange.body()
        guard head.status == 200 else { throw Self.problem(status: head.status, body) }
        guard head.mediaType == "text/plain", !body.isEmpty, body.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            throw .malformed("no token in plain text")
        }
        return body
    }

    /// The credentials of a role as the daemon writes them: the JSON of a `credential_process`. It is passed on as it
    /// came, for this path is as hot as that of a token: each call of an AWS program may go along it.
    package func roleCredentials(
        _ account: String,
        _ role: RoleCredentialsRequest,
        wait: Int = Route.defaultWait
    ) throws(TokenClientError) -> [UInt8] {
        var exchange = try open(.roleCredentials(account, role, wait: wait))
        let head = try exchange.head()
        let body = try exchange.body()
        guard head.status == 200 else { throw Self.problem(status: head.status, body) }
        guard head.mediaType == "application/json", body.first == UInt8(ascii: "{") else {
            throw .malformed("no credentials in JSON")
        }
        return body
    }

    /// Asks for JSON and waits for it.
    package func ask<Value>(_ call: Call<Value>) throws(TokenClientError) -> Answer<Value> {
        try answer(to: call, from: open(call.request))
    }

    /// Waits for the answer to a call whose request is on its way.
    package func answer<Value>(
        to call: Call<Value>,
        from exchange: consuming Exchange
    ) throws(TokenClientError) -> Answer<Value> {
        let (status, body) = try Self.success(of: exchange)
        return Answer(status: status, json: body)
    }

    /// The daemon's measurements, as OpenMetrics text.
    package func metrics() throws(TokenClientError) -> [UInt8] {
        try Self.success(of: open(Request(.get, "/metrics", accept: "application/openmetrics-text"))).body
    }

    /// Makes the daemon read its configuration again. Throws what the daemon says about it.
    package func reload() throws(TokenClientError) {
        _ = try Self.success(of: open(Request(.post, "/v1/reload")))
    }

    /// What happens from now on, or after the event named, as far back as the daemon remembers. Throws `timedOut` where
    /// the stream has not begun after that many seconds.
    package func events(
        after id: UInt64? = nil,
        within timeout: Int = Request.promptly
    ) throws(TokenClientError) -> EventStream {
        var exchange = try open(
            Request(.get, "/v1/events", accept: "text/event-stream", lastEventID: id, timeout: timeout)
        )
        let head = try exchange.head()
        guard head.status == 200 else { throw Self.problem(status: head.status, try exchange.body()) }
        guard head.mediaType == "text/event-stream" else { throw .malformed("no event stream") }
        return EventStream(exchange)
    }

    /// Connects and sends a request. Where nobody listens, the error says how to start the daemon.
    package func open(_ request: Request) throws(TokenClientError) -> Exchange {
        do {
            return try Exchange.begin(request, at: socket.path)
        } catch {
            guard error.code == .unreachable else { throw error }
            var error = error
            error.fix = socket.startCommand
            throw error
        }
    }

    private static func success(
        of exchange: consuming Exchange
    ) throws(TokenClientError) -> (status: Int, body: [UInt8]) {
        let head = try exchange.head()
        let body = try exchange.body()
        guard (200..<300).contains(head.status) else { throw problem(status: head.status, body) }
        return (head.status, body)
    }

    /// Reads an error reply (RFC 9457). A code without a name here is passed on; a body that is none is told by its
    /// status.
    private static func problem(status: Int, _ body: [UInt8]) -> TokenClientError {
        struct Reply: Decodable {
            var code: String
            var detail: String
            var account: String?
            var retry_after: Int?
            var fix: String?
        }
        do {
            let reply = try JSONDecoder().decode(Reply.self, from: Data(body))
            return TokenClientError(
                TokenClientError.Code(rawValue: reply.code),
                reply.detail,
                account: reply.account,
                retryAfter: reply.retry_after,
                fix: reply.fix
            )
        } catch {
            return TokenClientError(
                .malformedReply,
                "the daemon answered with HTTP status \(status) and no explanation",
                cause: error
            )
        }
    }
}
