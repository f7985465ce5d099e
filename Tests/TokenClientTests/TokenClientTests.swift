import Glibc
import LocalAPI
import Testing
import TokenClient

@Suite(.timeLimit(.minutes(1))) struct TokenClientTests {
    private static let answer = """
        {"account":"work","access_token":"at-1","token_type":"bearer","expires_at":"2026-11-23T06:33:00Z",\
        "expires_in":3600,"scope":["openid"],"issuer":"https://i.example","obtained_at":"2026-11-23T05:33:00Z",\
        "refreshes_at":null,"expiry_assumed":false,"degraded":true,"degraded_because":"short","new_member":1}
        """

    private static let work = """
        {"name":"work","provider":"oauth2","issuer":"https://i.example","state":"login_required","expires_at":null,\
        "refreshes_at":null,"last_refresh_at":null,"last_error":null,"retry_at":null,"scopes":["a"],"subject":"me",\
        "refreshable":true}
        """

    private static func problem(_ code: String, _ more: String = "") -> String {
        "{\"type\":\"about:blank\",\"title\":\"t\",\"status\":409,\"detail\":\"so it is\",\"code\":\"\(code)\"\(more)}"
    }

    @Test("A token comes with what is known of it")
    func token() throws {
        let daemon = FakeDaemon(.reply(Self.answer))
        let token = try TokenClient(socketPath: daemon.path).token(account: "work")
        #expect(token.value == "at-1")
        #expect(token.authorization == "Bearer at-1")
        #expect(token.expiresAt == 1_795_415_580)
        #expect(token.expiresIn == .seconds(3600))
        #expect(token.scopes == ["openid"])
        #expect(token.isDegraded)
        #expect(daemon.requests.first?.hasPrefix("GET /v1/accounts/work/token HTTP/1.1\r\n") == true)
    }

    @Test("A token does not show itself")
    func secrecy() throws {
        let daemon = FakeDaemon(.reply(Self.answer))
        let token = try TokenClient(socketPath: daemon.path).token(account: "work")
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped] { #expect(!text.contains("at-1")) }
    }

    @Test("The token alone is asked for as plain text")
    func tokenText() throws {
        let daemon = FakeDaemon(.reply("at-1", type: "text/plain; charset=utf-8"))
        let options = TokenOptions(minimumValidity: .milliseconds(1500), wait: .zero)
        #expect(try TokenClient(socketPath: daemon.path).tokenText(account: "work", options: options) == "at-1")
        let request = try #require(daemon.requests.first)
        #expect(request.hasPrefix("GET /v1/accounts/work/token?min_valid=2&wait=0 HTTP/1.1\r\n"))
        #expect(request.contains("\r\nAccept: text/plain\r\n"))
    }

    @Test(
        "What is no token is not taken for one",
        arguments: [
            FakeDaemon.Script.reply(Self.answer),
            .reply("<html>", type: "text/html"),
            .reply("", type: "text/plain"),
            .reply("\u{E4}", type: "text/plain"),
            .reply("line\n", type: "text/plain"),
            .reply("", status: "204 No Content", type: "text/plain"),
        ]
    )
    func noToken(script: FakeDaemon.Script) {
        let daemon = FakeDaemon(script)
        let error = #expect(throws: TokenClientError.self) {
            try TokenClient(socketPath: daemon.path).tokenText(account: "work")
        }
        #expect(error?.code == .malformedReply)
    }

    private static let credentials = """
        {"AccessKeyId":"ASIA","Expiration":"2026-11-23T06:33:00Z","SecretAccessKey":"secret/key",\
        "SessionToken":"very secret","Version":1}
        """

    @Test("The credentials of a role come as the daemon wrote them, or as a value")
    func roleCredentials() throws {
        let daemon = FakeDaemon(.reply(Self.credentials), .reply(Self.credentials))
        let client = TokenClient(socketPath: daemon.path)
        let role = RoleCredentialsRequest(accountID: "012345678901", role: "Admin")
        #expect(try client.roleCredentials("corp", role) == Array(Self.credentials.utf8))
        let credentials = try client.roleCredentials(
            account: "corp",
            accountID: "012345678901",
            role: "Admin",
            wait: .milliseconds(1500)
        )
        #expect(credentials.accessKeyID == "ASIA")
        #expect(credentials.secretAccessKey == "secret/key")
        #expect(credentials.sessionToken == "very secret")
        #expect(credentials.expiresAt == 1_795_415_580)
        let requests = daemon.requests
        #expect(requests.first?.hasPrefix("POST /v1/accounts/corp/aws/credentials HTTP/1.1\r\n") == true)
        #expect(requests.first?.hasSuffix(#"{"account_id":"012345678901","role":"Admin"}"#) == true)
        #expect(requests.last?.hasPrefix("POST /v1/accounts/corp/aws/credentials?wait=2 ") == true)
    }

    @Test("Role credentials do not show themselves (behaviour 37)")
    func roleSecrecy() throws {
        let daemon = FakeDaemon(.reply(Self.credentials))
        let client = TokenClient(socketPath: daemon.path)
        let credentials = try client.roleCredentials(account: "corp", accountID: "012345678901", role: "Admin")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] { #expect(!text.contains("secret")) }
    }

    @Test(
        "What is no credentials is not taken for them",
        arguments: [
            FakeDaemon.Script.reply("at-1", type: "text/plain"), .reply("<html>", type: "text/html"), .reply(""),
            .reply("[]"), .reply("", status: "204 No Content"),
        ]
    )
    func noCredentials(script: FakeDaemon.Script) {
        let daemon = FakeDaemon(script)
        let error = #expect(throws: TokenClientError.self) {
            let role = RoleCredentialsRequest(accountID: "012345678901", role: "Admin")
            return try TokenClient(socketPath: daemon.path).roleCredentials("corp", role)
        }
        #expect(error?.code == .malformedReply)
    }

    @Test("A role that is not given is told with the daemon's words (behaviour 22)")
    func deniedRole() {
        let daemon = FakeDaemon(.reply(Self.problem("access_denied"), status: "403 Forbidden"))
        let error = #expect(throws: TokenClientError.self) {
            try TokenClient(socketPath: daemon.path)
                .roleCredentials(account: "corp", accountID: "012345678901", role: "Admin")
        }
        #expect(error?.code == .accessDenied)
        #expect(error?.message == "so it is")
    }

    @Test("AWS accounts and roles are listed, leading zeros and all (behaviour 24)")
    func listings() throws {
        let daemon = FakeDaemon(
            .reply(
                #"{"accounts":[{"account_id":"012345678901","account_name":"Prod","email":"aws@example.com"},"#
                    + #"{"account_id":"000000000000","account_name":null,"email":null}]}"#
            ),
            .reply(
                #"{"roles":[{"account_id":"012345678901","role":"Admin"},{"account_id":"012345678901","role":"R"}]}"#
            )
        )
        let client = TokenClient(socketPath: daemon.path)
        let accounts = try client.awsAccounts(account: "corp")
        #expect(accounts.map(\.id) == ["012345678901", "000000000000"])
        #expect(accounts.map(\.name) == ["Prod", nil])
        #expect(accounts.map(\.email) == ["aws@example.com", nil])
        #expect(try client.awsRoles(account: "corp", accountID: "012345678901") == ["Admin", "R"])
        #expect(daemon.requests.last?.hasPrefix("GET /v1/accounts/corp/aws/roles?account_id=012345678901 ") == true)
    }

    @Test("A problem is passed on with everything it says")
    func problem() {
        let more = ",\"account\":\"work\",\"retry_after\":7,\"fix\":\"tokenctl login work\""
        let daemon = FakeDaemon(.reply(Self.problem("login_required", more), status: "409 Conflict"))
        let error = #expect(throws: TokenClientError.self) {
            try TokenClient(socketPath: daemon.path).tokenText(account: "work")
        }
        #expect(error?.code == .loginRequired)
        #expect(error?.message == "so it is")
        #expect(error?.account == "work")
        #expect(error?.retryAfter == 7)
        #expect(error?.fix == "tokenctl login work")
    }

    @Test("Every code of the daemon has a name here", arguments: Problem.Code.allCases)
    func codes(code: Problem.Code) {
        let daemon = FakeDaemon(.reply(Self.problem(code.rawValue), status: "500 Oh"))
        let error = #expect(throws: TokenClientError.self) { try TokenClient(socketPath: daemon.path).accounts() }
        let named: [TokenClientError.Code] = [
            .unknownAccount, .loginRequired, .misconfigured, .accessDenied, .temporarilyUnavailable, .waitTimeout,
            .issuerError, .locked, .forbidden, .invalidRequest, .notFound, .methodNotAllowed, .conflict, .tooLarge,
            .tooMany,
        ]
        #expect(error.map { named.contains($0.code) } == true)
        #expect(error?.code.rawValue == code.rawValue)
    }

    @Test("A code that only a newer daemon knows is passed on as it came")
    func newerCode() {
        let daemon = FakeDaemon(.reply(Self.problem("teapot"), status: "418 Teapot"))
        let error = #expect(throws: TokenClientError.self) { try TokenClient(socketPath: daemon.path).accounts() }
        #expect(error?.code == TokenClientError.Code(rawValue: "teapot"))
    }

    @Test("An error without an explanation is told by its status")
    func noExplanation() {
        let daemon = FakeDaemon(.reply("<h1>", status: "502 Bad Gateway", type: "text/html"))
        let error = #expect(throws: TokenClientError.self) { try TokenClient(socketPath: daemon.path).accounts() }
        #expect(error?.code == .malformedReply)
        #expect(error?.message.contains("502") == true)
    }

    @Test("Accounts are read, and what the daemon wrote is kept as it came")
    func accounts() throws {
        let list = "{\"accounts\":[\(Self.work)],\"more\":true}"
        let daemon = FakeDaemon(.reply(list), .reply(list), .reply(Self.work))
        let client = TokenClient(socketPath: daemon.path)
        let accounts = try client.accounts()
        #expect(accounts.map(\.name) == ["work"])
        #expect(accounts.map(\.state) == [.loginRequired])
        #expect(try client.ask(.accounts).json == Array(list.utf8))
        #expect(try client.account("work") == accounts.first)
    }

    @Test("Words that only a newer daemon knows are passed on as they came")
    func newerWords() throws {
        let daemon = FakeDaemon(
            .reply("{\"accounts\":[\(Self.work.replacing("login_required", with: "asleep"))]}"),
            .reply(Self.answer.replacing("short", with: "borrowed"))
        )
        let client = TokenClient(socketPath: daemon.path)
        #expect(try client.accounts().map(\.state) == [Account.State(rawValue: "asleep")])
        let token = try client.token(account: "work")
        #expect(token.value == "at-1")
        #expect(token.isDegraded)
    }

    @Test("A login that joins another is told from a new one by its status")
    func login() throws {
        let login = """
            {"id":"l1","account":"work","flow":"device","state":"pending","detail":"","verification_uri":null,\
            "verification_uri_complete":null,"user_code":null,"authorization_uri":null,"expires_at":null,"interval":5}
            """
        let daemon = FakeDaemon(.reply(login, status: "201 Created"), .reply(login), .reply(login))
        let client = TokenClient(socketPath: daemon.path)
        #expect(try client.ask(.login("work", LoginRequest(refreshToken: "rt"))).status == 201)
        #expect(try client.ask(.login("work", LoginRequest(code: "c", codeVerifier: "v"))).status == 200)
        #expect(try client.ask(.cancelLogin(id: "l1")).value().state == .pending)
        #expect(daemon.requests.first?.contains("\"refresh_token\":\"rt\"") == true)
        #expect(daemon.requests.dropFirst().first?.contains("\"code_verifier\":\"v\"") == true)
    }

    @Test("Events come as they happen, until the daemon ends the stream", arguments: [true, false])
    func events(chunked: Bool) throws {
        let sent = [ServerEvent(id: 4, kind: .state, data: "{}"), ServerEvent(id: 5, kind: .token, data: "{}")]
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        let script =
            chunked
            ? FakeDaemon.Script(
                head + "Transfer-Encoding: chunked\r\n\r\n",
                String(sent[0].wire.utf8.count, radix: 16) + "\r\n" + sent[0].wire + "\r\n",
                String(sent[1].wire.utf8.count, radix: 16) + "\r\n" + sent[1].wire + "\r\n0\r\n\r\n"
            )
            : FakeDaemon.Script(head + "\r\n", sent[0].wire, sent[1].wire)
        let daemon = FakeDaemon(script)
        var stream = try TokenClient(socketPath: daemon.path).events(after: 3)
        var received: [ServerEvent] = []
        while let events = try stream.read() { received += events }
        #expect(received == sent)
        #expect(daemon.requests.first?.contains("\r\nLast-Event-ID: 3\r\n") == true)
    }

    @Test("Metrics come as text, and a reload brings nothing")
    func metricsAndReload() throws {
        let daemon = FakeDaemon(
            .reply("# EOF\n", type: "application/openmetrics-text"),
            .reply("", status: "204 No Content")
        )
        let client = TokenClient(socketPath: daemon.path)
        #expect(try client.metrics() == Array("# EOF\n".utf8))
        try client.reload()
        #expect(daemon.requests.last?.hasPrefix("POST /v1/reload ") == true)
    }
}
