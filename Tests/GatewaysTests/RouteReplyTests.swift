import Gateways
import Glibc
import LocalAPI
import Testing

private typealias R = RunningGateway

@Suite("Requests and their replies")
struct RouteReplyTests {
    @Test("A published token is answered without asking the daemon, and the audit hears who read it")
    func published() async throws {
        try await RunningGateway.with { running in
            running.publish()
            let reply = try await running.exchange(R.request("GET", "/v1/accounts/work/token"))
            #expect(
                reply
                    == Client.Reply(
                        status: 200,
                        fields: [
                            "content-type": "application/json", "cache-control": "no-store",
                            "content-length": "\(Samples.tokenJSON(3600).utf8.count)",
                            "connection": "keep-alive",
                        ],
                        body: Samples.tokenJSON(3600)
                    )
            )
            #expect(running.service.calls == [])
            #expect(
                running.audit.entries == [
                    RecordedAudit.Entry(credential: .token(.accessToken), account: "work", pid: getpid())
                ]
            )
        }
    }

    @Test(
        "A published token is also found by requests that are not plain",
        arguments: [
            R.request("GET", "/v1/accounts/work/token", "X-Other: 1"),
            R.request("GET", "/v1/accounts/work/token?min_valid=3600"),
            R.request("GET", "/v1/accounts/w%6Frk/token?wait=3&kind=access_token"),
            "GET /v1/accounts/work/token HTTP/1.1\r\n\r\n", "GET /v1/accounts/work/token HTTP/1.1\r\nHost:\r\n\r\n",
            "GET /v1/accounts/work/token HTTP/1.1\r\nhOST: LocalHost\r\n\r\n",
        ]
    )
    func notPlain(request: String) async throws {
        try await RunningGateway.with { running in
            running.publish()
            let reply = try await running.exchange(request)
            #expect(reply.status == 200)
            #expect(reply.body == Samples.tokenJSON(3600))
            #expect(running.service.calls == [])
            #expect(running.audit.entries.count == 1)
        }
    }

    @Test(
        "A reader who accepts plain text gets the bare token",
        arguments: [
            R.request("GET", "/v1/accounts/work/token", "Accept: text/plain"),
            R.request("GET", "/v1/accounts/work/token", "Accept: text/plain;q=0.9, application/json;q=0.1"),
            R.request("GET", "/v1/accounts/work/token", "Accept: image/png, text/*"),
        ]
    )
    func plainText(request: String) async throws {
        try await RunningGateway.with { running in
            running.publish()
            let reply = try await running.exchange(request)
            #expect(reply.body == "secret-token")
            #expect(reply.fields["content-type"] == "text/plain; charset=utf-8")
            #expect(reply.fields["cache-control"] == "no-store")
        }
    }

    @Test(
        "What is not published, or does not live long enough, is asked of the daemon",
        arguments: [
            ("/v1/accounts/other/token", "token other access_token - 30 false "),
            ("/v1/accounts/work/token?min_valid=3601", "token work access_token 3601 30 false "),
            ("/v1/accounts/work/token?kind=id_token&wait=999", "token work id_token - 300 false "),
            ("/v1/accounts/work/token?force=1", "token work access_token - 30 true "),
            (
                "/v1/accounts/work/token?scope=a+b&scope=c&audience=x&resource=y",
                "token work access_token - 30 false a|b|c|x|y"
            ),
        ]
    )
    func asked(target: String, call: String) async throws {
        let answers: [String: Result<TokenAnswer, Problem>] = [
            "other": .success(Samples.answer("other", token: "t2", expiresIn: 7)),
            "work": .success(Samples.answer("work", token: "t3", expiresIn: 8)),
        ]
        try await RunningGateway.with(tokens: answers) { running in
            running.publish()
            let reply = try await running.exchange(R.request("GET", target))
            let isOther = target.contains("other")
            let json = isOther ? Samples.tokenJSON(7, account: "other", token: "t2") : Samples.tokenJSON(8, token: "t3")
            #expect(reply.body == json)
            #expect(reply.fields["cache-control"] == "no-store")
            #expect(running.service.calls == [call])
            #expect(running.audit.entries.map(\.account) == [isOther ? "other" : "work"])
        }
    }

    @Test(
        "Each request reaches the daemon as it was meant, and its answer comes back exactly",
        arguments: [
            ("GET", "/v1/accounts", "", 200, "accounts", #"{"accounts":[\#(Samples.accountJSON)]}"#),
            ("GET", "/v1/accounts/work", "", 200, "account work", Samples.accountJSON),
            ("POST", "/v1/accounts/work/refresh", "", 200, "refresh work", Samples.tokenJSON(3600, token: nil)),
            ("POST", "/v1/accounts/new/login", "", 201, "login new - - - - - false", Samples.loginJSON),
            (
                "POST", "/v1/accounts/work/login", #"{"flow":"browser","force":true}"#, 200,
                "login work browser - - - - true", Samples.loginJSON
            ),
            ("POST", "/v1/accounts/work/login", "{}", 200, "login work - - - - - false", Samples.loginJSON),
            (
                "POST", "/v1/accounts/work/login", #"{"refresh_token":"r"}"#, 200, "login work - r - - - false",
                Samples.loginJSON
            ),
            (
                "POST", "/v1/accounts/work/login", #"{"code":"c","redirect_uri":"u","code_verifier":"v"}"#, 200,
                "login work - - c u v false", Samples.loginJSON
            ),
            ("GET", "/v1/logins/7f?wait=20", "", 200, "login status 7f 20.0 seconds", Samples.loginJSON),
            ("DELETE", "/v1/logins/7f", "", 200, "cancel login 7f", Samples.loginJSON),
            (
                "DELETE", "/v1/accounts/work/tokens", "", 200, "logout work",
                #"{"detail":"revoked","retrying":false,"revoked":true}"#
            ),
            (
                "GET", "/v1/accounts/corp/aws/accounts", "", 200, "AWS accounts corp",
                #"{"accounts":[{"account_id":"012345678901","account_name":"Prod","email":null}]}"#
            ),
            (
                "GET", "/v1/accounts/corp/aws/roles?account_id=012345678901", "", 200, "AWS roles corp 012345678901",
                #"{"roles":[{"account_id":"012345678901","role":"Admin"}]}"#
            ),
            ("GET", "/v1/status", "", 200, "status 1", Samples.statusJSON(connections: 1)),
            ("GET", "/metrics", "", 200, "metrics", "# EOF\n"),
            ("POST", "/v1/reload", "", 204, "reload", ""),
        ]
    )
    func routes(
        method: String,
        target: String,
        body: String,
        status: Int,
        call: String,
        expected: String
    ) async throws {
        try await RunningGateway.with { running in
            let request = body.isEmpty ? R.request(method, target) : R.request(method, target, body: body)
            let reply = try await running.exchange(request)
            #expect(reply.status == status)
            #expect(reply.body == expected)
            #expect(running.service.calls == [call])
            #expect(running.audit.entries == [])
            let type: String? =
                switch target {
                case "/metrics": "application/openmetrics-text; version=1.0.0; charset=utf-8"
                case "/v1/reload": nil
                default: "application/json"
                }
            #expect(reply.fields["content-type"] == type)
            #expect((reply.fields["content-length"] == nil) == (status == 204))
        }
    }

    @Test("The description of the API is served as it is")
    func openAPI() async throws {
        try await RunningGateway.with { running in
            let reply = try await running.exchange(R.request("GET", "/openapi.json"))
            #expect(reply.status == 200)
            #expect(reply.body == OpenAPI.document)
            #expect(running.service.calls == [])
        }
    }

    @Test("Every problem goes out as problem+json with its status", arguments: Problem.Code.allCases)
    func problems(code: Problem.Code) async throws {
        let problem = Problem(code, "what happened", account: "bad", retryAfter: 7, fix: "tokenctl login bad")
        let bare = Problem(code, "what happened")
        try await RunningGateway.with(tokens: ["bad": .failure(problem), "bare": .failure(bare)]) { running in
            let reply = try await running.exchange(R.request("GET", "/v1/accounts/bad/token", "Accept: text/plain"))
            #expect(reply.status == code.status)
            #expect(reply.fields["content-type"] == "application/problem+json")
            #expect(reply.fields["retry-after"] == "7")
            #expect(reply.fields["connection"] == "keep-alive")
            #expect(reply.body == Samples.problemJSON(problem))
            let second = try await running.exchange(R.request("GET", "/v1/accounts/bare/token"))
            #expect(second.fields["retry-after"] == nil)
            #expect(second.body == Samples.problemJSON(bare))
            #expect(running.audit.entries == [])
        }
    }

    @Test(
        "What the API does not have is refused without asking the daemon, and the connection stays",
        arguments: [
            ("GET", "/v1/nothing", 404, "not_found"), ("POST", "/v1/lock", 404, "not_found"),
            ("POST", "/v1/accounts/work/aws/nothing", 404, "not_found"),
            ("GET", "/v1/accounts/work/aws/roles", 400, "invalid_request"),
            ("GET", "/v1/accounts/work/token?wiat=3", 400, "invalid_request"),
            ("PUT", "/v1/status", 405, "method_not_allowed"), ("GET", "*", 400, "invalid_request"),
        ]
    )
    func refused(method: String, target: String, status: Int, code: String) async throws {
        try await RunningGateway.with { running in
            running.publish()
            let replies = try await onThread { [path = running.path] in
                let client = try Client(path)
                return [
                    try client.exchange(R.request(method, target)),
                    try client.exchange(R.request("GET", "/v1/accounts/work/token")),
                ]
            }
            #expect(replies[0].status == status)
            #expect(replies[0].body.contains(#""code":"\#(code)""#))
            #expect(replies[0].fields["allow"] == (status == 405 ? "GET" : nil))
            #expect(replies[1].status == 200)
            #expect(running.service.calls == [])
        }
    }

    @Test("A reply to HEAD has no body, and the next reply follows at once")
    func head() async throws {
        try await RunningGateway.with { running in
            running.publish()
            let replies = try await onThread { [path = running.path] in
                let client = try Client(path)
                client.send(R.request("HEAD", "/v1/accounts/work/token"))
                let first = try client.reply(toHEAD: true)
                return [first, try client.exchange(R.request("GET", "/v1/accounts/work/token"))]
            }
            #expect(replies[0].status == 405)
            #expect(replies[0].fields["allow"] == "GET")
            #expect(replies[1].body == Samples.tokenJSON(3600))
        }
    }

    @Test(
        "A login with a body that is not understood starts nothing",
        arguments: [
            "x", "[]", "null", "{", #"{"flow":1}"#, #"{"refresh_tokne":"r"}"#, #"{"code":"c","refresh_token":"r"}"#,
            #"{"redirect_uri":"u"}"#, #"{"flow":"device","x":null}"#, #"{"force":"yes"}"#, "flow=device", "\u{FF}",
        ]
    )
    func badLogin(body: String) async throws {
        try await RunningGateway.with { running in
            let reply = try await running.exchange(R.request("POST", "/v1/accounts/work/login", body: body))
            #expect(reply.status == 400)
            #expect(reply.body.contains(#""code":"invalid_request""#))
            #expect(running.service.calls == [])
        }
    }

    @Test("The credentials of a role are handed out once the daemon has them, and the audit hears who read which")
    func roleCredentials() async throws {
        try await RunningGateway.with { running in
            let body = #"{"account_id":"012345678901","role":"Admin Role+x"}"#
            let target = "/v1/accounts/corp/aws/credentials?wait=5"
            let reply = try await running.exchange(R.request("POST", target, body: body))
            #expect(reply.status == 200)
            #expect(reply.body == Samples.credentialsJSON)
            #expect(reply.fields["content-type"] == "application/json")
            #expect(reply.fields["cache-control"] == "no-store")
            #expect(running.service.calls == ["role corp 012345678901 Admin Role+x 5.0 seconds"])
            let role = RoleCredentialsRequest(accountID: "012345678901", role: "Admin Role+x")
            #expect(running.audit.entries.map(\.credential) == [.role(role)])
            #expect(running.audit.entries.map(\.account) == ["corp"])
        }
    }

    @Test("A role that is not given is a problem like any other, and nothing went out (behaviour 22)")
    func noRoleCredentials() async throws {
        try await RunningGateway.with { running in
            let body = #"{"account_id":"012345678901","role":"Denied"}"#
            let reply = try await running.exchange(R.request("POST", "/v1/accounts/corp/aws/credentials", body: body))
            #expect(reply.status == 403)
            #expect(reply.body == Samples.problemJSON(Problem(.accessDenied, "No access", account: "corp")))
            #expect(running.audit.entries == [])
        }
    }

    @Test(
        "A body that names no role asks for nothing",
        arguments: [
            "", "{}", "[]", #"{"account_id":"012345678901"}"#, #"{"role":"Admin"}"#,
            #"{"account_id":12345678901,"role":"Admin"}"#, #"{"account_id":"12345678901","role":"Admin"}"#,
            #"{"account_id":"012345678901","role":""}"#, #"{"account_id":"012345678901","role":"a\nb"}"#,
            #"{"account_id":"012345678901","role":"Admin","duration":3600}"#,
        ]
    )
    func badRole(body: String) async throws {
        try await RunningGateway.with { running in
            let reply = try await running.exchange(R.request("POST", "/v1/accounts/corp/aws/credentials", body: body))
            #expect(reply.status == 400)
            #expect(reply.body.contains(#""code":"invalid_request""#))
            #expect(running.service.calls == [])
        }
    }

    @Test("A body may come in chunks, and after the client was told to go on")
    func chunked() async throws {
        try await RunningGateway.with { running in
            let replies = try await onThread { [path = running.path] in
                let client = try Client(path)
                client.send(
                    R.request(
                        "POST",
                        "/v1/accounts/work/login",
                        "Transfer-Encoding: chunked",
                        "Expect: 100-continue"
                    )
                )
                let interim = try client.reply()
                client.send("8\r\n{\"flow\":\r\n9\r\n\"device\"}\r\n0\r\n\r\n")
                return [interim, try client.reply()]
            }
            #expect(replies.map(\.status) == [100, 200])
            #expect(running.service.calls == ["login work device - - - - false"])
        }
    }
}
