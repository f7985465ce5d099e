import LocalAPI
import Testing

@Suite("Routes")
struct RouteTests {
    @Test(
        "Each path and method leads to its route",
        arguments: [
            ("GET", "/v1/accounts/work/token", .token(account: "work", TokenQuery())),
            ("GET", "/v1/accounts", .accounts),
            ("GET", "/v1/accounts/work", .account("work")),
            ("POST", "/v1/accounts/work/refresh", .refresh(account: "work")),
            ("POST", "/v1/accounts/work/login", .login(account: "work")),
            ("DELETE", "/v1/accounts/work/tokens", .logout(account: "work")),
            ("POST", "/v1/accounts/corp/aws/credentials", .roleCredentials(account: "corp", wait: 30)),
            ("POST", "/v1/accounts/corp/aws/credentials?wait=0", .roleCredentials(account: "corp", wait: 0)),
            ("POST", "/v1/accounts/corp/aws/credentials?wait=900", .roleCredentials(account: "corp", wait: 300)),
            ("GET", "/v1/accounts/corp/aws/accounts", .awsAccounts(account: "corp")),
            (
                "GET", "/v1/accounts/corp/aws/roles?account_id=012345678901",
                .awsRoles(account: "corp", accountID: "012345678901")
            ),
            ("GET", "/v1/logins/7f", .loginStatus(id: "7f", wait: 0)),
            ("GET", "/v1/logins/7f?wait=20", .loginStatus(id: "7f", wait: 20)),
            ("DELETE", "/v1/logins/7f", .cancelLogin(id: "7f")),
            ("GET", "/v1/events", .events),
            ("GET", "/v1/status", .status),
            ("GET", "/metrics", .metrics),
            ("POST", "/v1/reload", .reload),
            ("GET", "/openapi.json", .openAPI),
        ] as [(String, String, Route)]
    )
    func leads(method: String, target: String, route: Route) throws {
        #expect(try Route(method: method, target: target) == route)
    }

    @Test(
        "The query of a token is read",
        arguments: [
            ("min_valid=90", TokenQuery(minValid: 90)),
            ("min_valid=0&wait=0", TokenQuery(minValid: 0, wait: 0)),
            ("wait=300", TokenQuery(wait: 300)),
            ("wait=301", TokenQuery(wait: 300)),
            ("force=1", TokenQuery(force: true)),
            ("force=true", TokenQuery(force: true)),
            ("kind=id_token", TokenQuery(kind: .idToken)),
            ("scope=a&scope=b", TokenQuery(scope: ["a", "b"])),
            ("scope=a%20b+c", TokenQuery(scope: ["a", "b", "c"])),
            ("scope=a%2Bb", TokenQuery(scope: ["a+b"])),
            ("audience=api%3A%2F%2Fx&audience=y", TokenQuery(audience: ["api://x", "y"])),
            ("resource=https://r/?x=1", TokenQuery(resource: ["https://r/?x=1"])),
            ("", TokenQuery()),
            ("&", TokenQuery()),
        ]
    )
    func query(text: String, query: TokenQuery) throws {
        #expect(try Route(method: "GET", target: "/v1/accounts/a/token?\(text)") == .token(account: "a", query))
    }

    @Test(
        "A query that is not understood is refused, and the refusal names the parameter",
        arguments: [
            ("min_vaild=90", "min_vaild"), ("min_valid=", "min_valid"), ("min_valid", "min_valid"),
            ("min_valid=-1", "min_valid"), ("min_valid=%2B1", "min_valid"), ("min_valid=1.5", "min_valid"),
            ("min_valid=1m", "min_valid"), ("min_valid=315360001", "min_valid"),
            ("min_valid=99999999999999999999", "min_valid"), ("min_valid=1&min_valid=1", "min_valid"),
            ("wait=x", "wait"), ("wait=1&wait=2", "wait"), ("force=0", "force"), ("force=yes", "force"),
            ("force", "force"), ("kind=refresh_token", "kind"), ("scope=", "scope"), ("audience=", "audience"),
            ("resource", "resource"), ("Force=1", "Force"), ("=1", "''"),
        ]
    )
    func badQuery(text: String, name: String) throws {
        let problem = try #require(throws: Problem.self) {
            try Route(method: "GET", target: "/v1/accounts/a/token?\(text)")
        }
        #expect(problem.code == .invalidRequest)
        #expect(problem.detail.contains(name))
    }

    @Test(
        "Requests that take no query refuse one",
        arguments: [
            ("GET", "/v1/accounts"), ("GET", "/v1/accounts/a"), ("POST", "/v1/accounts/a/refresh"),
            ("POST", "/v1/accounts/a/login"), ("DELETE", "/v1/accounts/a/tokens"), ("DELETE", "/v1/logins/a"),
            ("GET", "/v1/accounts/a/aws/accounts"), ("GET", "/v1/events"), ("GET", "/v1/status"), ("GET", "/metrics"),
            ("POST", "/v1/reload"), ("GET", "/openapi.json"),
        ]
    )
    func noQuery(method: String, path: String) throws {
        let problem = try #require(throws: Problem.self) { try Route(method: method, target: "\(path)?wait=1") }
        #expect(problem.code == .invalidRequest)
        #expect(problem.detail.contains("'wait'"))
    }

    @Test(
        "The roles are those of one AWS account, which twelve digits name",
        arguments: [
            "", "?account_id=", "?account_id=12345678901", "?account_id=1234567890123", "?account_id=12345678901x",
            "?account_id=%EF%BC%91%EF%BC%912345678901", "?account_id=012345678901&account_id=012345678901",
        ]
    )
    func badAccountID(query: String) throws {
        let problem = try #require(throws: Problem.self) {
            try Route(method: "GET", target: "/v1/accounts/a/aws/roles\(query)")
        }
        #expect(problem.code == .invalidRequest)
        #expect(problem.detail.contains("account_id"))
    }

    @Test(
        "A name in a path is percent-decoded, and + stands for itself there",
        arguments: [("a%40b", "a@b"), ("a+b", "a+b"), ("a%2Bb", "a+b"), ("%C3%A9", "\u{E9}"), ("a%2Fb", "a/b")]
    )
    func decoded(text: String, name: String) throws {
        #expect(try Route(method: "GET", target: "/v1/accounts/\(text)") == .account(name))
    }

    @Test(
        "A target that is no readable path is refused",
        arguments: [
            "", "*", "v1/accounts", "http://tokend/v1/accounts", "tokend:80", "/v1/accounts/%", "/v1/accounts/%4",
            "/v1/accounts/%zz", "/v1/accounts/%FF", "/v1/accounts/%00", "/v1/accounts/a%0Ab", "/v1/accounts/a\u{7F}",
            "/v1/accounts/a/token?scope=%", "/v1/accounts/a/token?scope=%FF",
        ]
    )
    func unreadable(target: String) throws {
        let problem = try #require(throws: Problem.self) { try Route(method: "GET", target: target) }
        #expect(problem.code == .invalidRequest)
    }

    @Test(
        "Nothing is at any other path",
        arguments: [
            "/", "//", "/v1", "/v1/", "/v2/accounts", "/v1/accounts/", "/v1/accounts//token", "/v1/accounts/a/",
            "/v1/accounts/a/token/", "/v1/accounts/a/nothing", "/v1/accounts/a/aws", "/v1/accounts/a/aws/",
            "/v1/accounts/a/aws/nothing", "/v1/accounts//aws/roles", "/v1/accounts/a/gcp/roles",
            "/v1/accounts/a/aws/roles/", "/v1/logins", "/v1/logins/",
            "/v1/lock", "/v1/unlock", "/v1/status/x", "/metrics/", "/V1/accounts", "/openapi.json/x", "/v1/events/1",
        ]
    )
    func notFound(target: String) throws {
        let problem = try #require(throws: Problem.self) { try Route(method: "GET", target: target) }
        #expect(problem.code == .notFound)
        #expect(Route.methods(of: target) == [])
    }

    @Test(
        "A method that does not fit is refused, and the methods that do are known",
        arguments: [
            ("HEAD", "/v1/accounts/a/token", ["GET"]), ("POST", "/v1/accounts", ["GET"]),
            ("get", "/v1/accounts", ["GET"]), ("GET", "/v1/accounts/a/refresh", ["POST"]),
            ("PUT", "/v1/accounts/a/login", ["POST"]), ("GET", "/v1/accounts/a/tokens", ["DELETE"]),
            ("POST", "/v1/logins/x", ["GET", "DELETE"]), ("OPTIONS", "/v1/status", ["GET"]),
            ("GET", "/v1/reload", ["POST"]), ("GET", "/v1/accounts/a/aws/credentials", ["POST"]),
            ("POST", "/v1/accounts/a/aws/accounts", ["GET"]), ("DELETE", "/v1/accounts/a/aws/roles", ["GET"]),
        ]
    )
    func method(method: String, target: String, allowed: [String]) throws {
        let problem = try #require(throws: Problem.self) { try Route(method: method, target: target) }
        #expect(problem.code == .methodNotAllowed)
        #expect(Route.methods(of: target) == allowed)
    }
}
