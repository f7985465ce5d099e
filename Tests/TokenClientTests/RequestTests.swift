import FoundationEssentials
import LocalAPI
import Testing
import TokenClient

@Suite struct RequestTests {
    @Test("A request is HTTP/1.1, and asks for the connection to be closed")
    func wire() throws {
        let request = Request(.post, "/v1/x", body: Array("{}".utf8))
        #expect(
            String(decoding: request.wire, as: UTF8.self) == """
                POST /v1/x HTTP/1.1\r
                Host: tokend\r
                Accept: application/json\r
                Connection: close\r
                Content-Type: application/json\r
                Content-Length: 2\r
                \r
                {}
                """
        )
    }

    /// What the daemon makes of the client's request line.
    private func route(_ request: Request) throws -> Route {
        try Route(method: request.method.rawValue, target: request.target)
    }

    @Test("The daemon reads every call as it was meant")
    func calls() throws {
        #expect(try route(Call.status.request) == .status)
        #expect(try route(Call.accounts.request) == .accounts)
        #expect(try route(Call.account("a@b+c").request) == .account("a@b+c"))
        #expect(try route(Call.refresh("work").request) == .refresh(account: "work"))
        #expect(try route(Call.logout("work").request) == .logout(account: "work"))
        #expect(try route(Call.login("work", LoginRequest()).request) == .login(account: "work"))
        #expect(try route(Call.login(id: "x1", wait: 60).request) == .loginStatus(id: "x1", wait: 60))
        #expect(try route(Call.cancelLogin(id: "x1").request) == .cancelLogin(id: "x1"))
        #expect(try route(Call.awsAccounts("corp").request) == .awsAccounts(account: "corp"))
        let roles = try Call.awsRoles("corp", accountID: "012345678901").request
        #expect(try route(roles) == .awsRoles(account: "corp", accountID: "012345678901"))
    }

    @Test(
        "The daemon reads every token query as it was meant",
        arguments: [
            TokenQuery(),
            TokenQuery(kind: .idToken, minValid: 90, wait: 0, force: true),
            TokenQuery(wait: 300, scope: ["openid", "api://x/.default"]),
            TokenQuery(audience: ["https://a.example/?q=1&r=2", "\u{E4} %+#"], resource: ["urn:x", "y=z"]),
        ]
    )
    func tokenQueries(query: TokenQuery) throws {
        #expect(try route(Call.token("work", query).request) == .token(account: "work", query))
        #expect(try route(.plainToken("work", query)) == .token(account: "work", query))
    }

    @Test(
        "The daemon reads every request for a role's credentials as it was meant",
        arguments: ["Admin", "Admin Role+x/y@z=1,2", "\"quoted\" \\ \u{E4}\u{1F600}"],
        [30, 0, 300]
    )
    func roles(name: String, wait: Int) throws {
        let role = RoleCredentialsRequest(accountID: "012345678901", role: name)
        let request = try Request.roleCredentials("corp", role, wait: wait)
        #expect(try route(request) == .roleCredentials(account: "corp", wait: wait))
        let body = Data(try #require(request.body))
        #expect(try JSONDecoder().decode(RoleCredentialsRequest.self, from: body) == role)
    }

    @Test(
        "What cannot be a role of an AWS account never gets into a request",
        arguments: [("1234", "Admin"), ("012345678901", ""), ("012345678901", "a\nb"), ("01234567890&", "Admin")]
    )
    func badRoles(accountID: String, role: String) {
        let error = #expect(throws: TokenClientError.self) {
            try Request.roleCredentials("corp", RoleCredentialsRequest(accountID: accountID, role: role), wait: 30)
        }
        #expect(error?.code == .invalidRequest)
    }

    @Test("The plain question is as short as can be")
    func plain() throws {
        #expect(try Request.plainToken("work", TokenQuery()).target == "/v1/accounts/work/token")
    }

    @Test(
        "What cannot be an account's name never gets into a request",
        arguments: ["", ".", "..", "-x", "a b", "a/b", "a?b", "a#b", "a%2Fb", "a\r\nHost: x", "\u{E4}", "a\u{0}"]
            + [String(repeating: "a", count: 65)]
    )
    func names(name: String) {
        let error = #expect(throws: TokenClientError.self) { try Request.plainToken(name, TokenQuery()) }
        #expect(error?.code == .invalidRequest)
    }

    @Test("A request does not show its body")
    func secrecy() throws {
        let request = try Call.login("work", LoginRequest(refreshToken: "rt-123")).request
        #expect(String(decoding: request.wire, as: UTF8.self).contains("rt-123"))
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: request), dumped] {
            #expect(!text.contains("rt-123"))
            #expect(!text.contains("114"), "the bytes, one by one")
        }
    }
}
