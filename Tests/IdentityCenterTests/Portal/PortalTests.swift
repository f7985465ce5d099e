import HTTPTypes
import IdentityCenter
import OAuth
import Testing

/// Requests to the portal, and what its replies mean.
@Suite("The AWS access portal") struct PortalTests {
    private static let awsAccount = "012345678901"

    private static func portal(_ override: String? = nil) throws -> Portal {
        Portal(try Endpoint(.portal, in: Region("eu-west-1"), override: override))
    }

    private static func id(_ text: String = awsAccount) throws -> AWSAccount.ID { try #require(AWSAccount.ID(text)) }

    private static func reply(
        _ status: Int,
        _ body: String,
        _ fields: [HTTPField.Name: String] = [:],
        at wall: Int64 = 1_795_411_980
    ) -> EndpointReply {
        var head = HTTPResponse(status: .init(code: status))
        for (name, value) in fields { head.headerFields[name] = value }
        let sentAt = Instant(wall: .seconds(wall), boot: .seconds(5000), bootID: "one")
        return EndpointReply(head: head, body: Array(body.utf8), sentAt: sentAt)
    }

    private static func credentials(_ members: String) -> String { #"{"roleCredentials":{\#(members)}}"# }

    // MARK: - Requests

    @Test(
        "encodes the names of roles, and keeps the zeros of AWS account ids (behaviour 24)",
        arguments: [
            ("ReadOnly", "ReadOnly"), ("Admin Role+x", "Admin%20Role%2Bx"), ("a/b@c=d", "a%2Fb%40c%3Dd"),
            ("&x=1#?%", "%26x%3D1%23%3F%25"), ("Über~_.-", "%C3%9Cber~_.-"),
        ]
    )
    func roleName(name: String, encoded: String) throws {
        let request = try Self.portal().roleCredentials(of: Role(name, in: Self.id()), token: Secret("token-1"))
        #expect(request.head.method == .get)
        #expect(request.head.scheme == "https")
        #expect(request.head.authority == "portal.sso.eu-west-1.amazonaws.com")
        #expect(request.head.path == "/federation/credentials?role_name=\(encoded)&account_id=012345678901")
        #expect(request.head.headerFields[.ssoBearerToken] == "token-1")
        #expect(request.head.headerFields[.authorization] == nil)
        #expect(request.body.isEmpty)
    }

    @Test(
        "takes twelve digits for the id of an AWS account and nothing else (behaviour 24)",
        arguments: [
            ("012345678901", true), ("000000000000", true), ("12345678901", false), ("1234567890123", false),
            ("12345678901a", false), ("", false), ("١٢٣٤٥٦٧٨٩٠١٢", false), (" 12345678901", false),
        ]
    )
    func accountID(text: String, isOne: Bool) {
        #expect(AWSAccount.ID(text)?.description == (isOne ? text : nil))
    }

    @Test("asks for pages by next_token and max_result")
    func paging() throws {
        let token = Secret("t")
        let portal = try Self.portal("http://127.0.0.1:4711/base/")
        #expect(portal.awsAccounts(token: token).head.path == "/base/assignment/accounts?max_result=100")
        #expect(
            portal.roles(in: try Self.id(), after: "n/t+=", token: token).head.path
                == "/base/assignment/roles?account_id=012345678901&max_result=100&next_token=n%2Ft%2B%3D"
        )
    }

    @Test("logs out with a POST that has no body and shows the token in no address (behaviour 30)")
    func logout() throws {
        let request = try Self.portal().logout(token: Secret("token-1"))
        #expect(request.head.method == .post)
        #expect(request.head.path == "/logout")
        #expect(request.head.headerFields[.ssoBearerToken] == "token-1")
        #expect(request.body.isEmpty)
        #expect(!"\(request)".contains("token-1"))
    }

    @Test(
        "takes a session that is over already for a logout that went well (behaviour 30)",
        arguments: [(200, nil), (401, nil), (500, "http_500"), (429, "TooManyRequestsException")] as [(Int, String?)]
    )
    func logoutReply(status: Int, code: String?) {
        var thrown: Failure?
        do throws(Failure) { try Portal.readLogout(Self.reply(status, "")) } catch { thrown = error }
        #expect(thrown?.code == code)
    }

    // MARK: - Credentials

    @Test("reads the expiration of credentials in milliseconds, and counts their life from the sending (behaviour 24)")
    func credentials() throws {
        let body = Self.credentials(
            #""accessKeyId":"ASIA","secretAccessKey":"s/+=","sessionToken":"t","expiration":1795415580500,"more":null"#
        )
        let credentials = try RoleCredentials(Self.reply(200, body))
        #expect(credentials.accessKeyID == "ASIA")
        #expect(credentials.secretAccessKey == Secret("s/+="))
        #expect(credentials.sessionToken == Secret("t"))
        #expect(credentials.expiresAt == .milliseconds(1_795_415_580_500))
        #expect(credentials.lifetime == .milliseconds(3_600_500))
        #expect(credentials.expiry.boot == .milliseconds(8_600_500))
        #expect(credentials.signing.accessKeyID == "ASIA")
        #expect(credentials.signing.secretAccessKey == Secret("s/+="))
        #expect(credentials.signing.sessionToken == Secret("t"))
        #expect(credentials.signing.expiresAt == credentials.expiresAt)
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect(!dumped.contains("s/+="))
    }

    @Test("measures the life of credentials by the portal's clock where ours is wrong")
    func skew() throws {
        let body = Self.credentials(
            #""accessKeyId":"A","secretAccessKey":"s","sessionToken":"t","expiration":1795415580000"#
        )
        let reply = Self.reply(200, body, [.date: "Mon, 23 Nov 2026 05:33:00 GMT"], at: 1_795_411_980 + 7200)
        #expect(try RoleCredentials(reply).lifetime == .seconds(3600))
    }

    @Test(
        "gives no credentials that cannot be used",
        arguments: [
            (#""secretAccessKey":"s","sessionToken":"t","expiration":1795415580000"#, "invalid_reply"),
            (#""accessKeyId":"A","secretAccessKey":"","sessionToken":"t","expiration":1795415580000"#, "invalid_reply"),
            (
                #""accessKeyId":"A","secretAccessKey":"s\n","sessionToken":"t","expiration":1795415580000"#,
                "invalid_reply"
            ),
            (#""accessKeyId":"A","secretAccessKey":"s","sessionToken":7,"expiration":1795415580000"#, "invalid_reply"),
            (#""accessKeyId":"A","secretAccessKey":"s","sessionToken":"t""#, "invalid_lifetime"),
            (
                #""accessKeyId":"A","secretAccessKey":"s","sessionToken":"t","expiration":1795415580"#,
                "invalid_lifetime"
            ),
            (
                #""accessKeyId":"A","secretAccessKey":"s","sessionToken":"t","expiration":1795411980000"#,
                "invalid_lifetime"
            ),
            (#""accessKeyId":"A","secretAccessKey":"s","sessionToken":"t","expiration":1e300"#, "invalid_lifetime"),
        ]
    )
    func unusable(members: String, code: String) {
        let error = #expect(throws: PortalError.self) {
            try RoleCredentials(Self.reply(200, Self.credentials(members)))
        }
        #expect(error?.failure.code == code)
        #expect(error?.failure.isUnusableAnswer == true)
    }

    @Test("takes garbage for no answer", arguments: ["", "[]", "{}", "<html>", #"{"roleCredentials":null}"#])
    func garbage(body: String) {
        let error = #expect(throws: PortalError.self) { try RoleCredentials(Self.reply(200, body)) }
        #expect(error?.failure.code == "not_json")
    }

    // MARK: - Errors

    @Test(
        "tells errors by header, then by __type, then by status (behaviours 21, 22, 23)",
        arguments: [
            (401, #"{"message":"gone"}"#, nil, PortalError.sessionOver("gone")),
            (
                401, #"{"message":"gone","__type":"com.amazonaws.switchboard.portal#UnauthorizedException"}"#, nil,
                .sessionOver("gone")
            ),
            (403, #"{"message":"No access","__type":"com.x#ForbiddenException"}"#, nil, .forbidden("No access")),
            (403, #"{"Message":"No access"}"#, "ForbiddenException:http://internal", .forbidden("No access")),
            (400, #"{"message":"m"}"#, "UnauthorizedException", .sessionOver("m")),
            (404, #"{"message":"m"}"#, nil, .notFound("m")),
            (400, #"{"message":"m"}"#, nil, .refused("m")),
            (400, #"{"message":"m"}"#, "ValidationException", .refused("m")),
            (
                403, "", "ForbiddenException",
                .forbidden("the issuer refused with HTTP status 403 and did not say why")
            ),
        ] as [(Int, String, String?, PortalError)]
    )
    func errors(status: Int, body: String, type: String?, expected: PortalError) throws {
        let fields = type.map { [HTTPField.Name.errorType: $0] } ?? [:]
        #expect(throws: expected) { try Listing<AWSAccount>(Self.reply(status, body, fields)) }
    }

    @Test(
        "waits as long as a throttling portal asks (behaviour 23)",
        arguments: [(429, #"{"message":"slow","__type":"x#TooManyRequestsException"}"#), (429, "<html>"), (429, "")]
    )
    func throttled(status: Int, body: String) {
        let error = #expect(throws: PortalError.self) {
            try Listing<AWSAccount>(Self.reply(status, body, [.retryAfter: "7"]))
        }
        #expect(error?.isThrottling == true)
        #expect(error?.failure.class == .temporary(.answered, retryAfter: .seconds(7)))
    }

    @Test(
        "holds nothing against the login that is not the portal's word",
        arguments: [(401, "<html>sign in to the hotel</html>"), (403, "blocked"), (503, ""), (302, ""), (418, "{}")]
    )
    func elsewhere(status: Int, body: String) throws {
        let error = #expect(throws: PortalError.self) { try Listing<AWSAccount>(Self.reply(status, body)) }
        guard case .unavailable(let failure)? = error else {
            Issue.record("\(String(describing: error)) is about the login")
            return
        }
        #expect(failure.class.isTemporary)
        #expect(error?.isThrottling == false)
    }

    @Test("shows no control characters of the portal's")
    func controlCharacters() {
        #expect(throws: PortalError.notFound("a b")) {
            try Listing<AWSAccount>(Self.reply(404, #"{"message":"a\u001b\nb"}"#))
        }
    }

    // MARK: - Listings

    @Test("reads AWS accounts and roles")
    func listings() throws {
        let accounts = try Listing<AWSAccount>(
            Self.reply(
                200,
                #"{"nextToken":"n","accountList":[{"accountId":"000000000001","accountName":"a","emailAddress":"e"},"#
                    + #"{"accountId":"000000000002","accountName":null}]}"#
            )
        )
        #expect(accounts.next == "n")
        #expect(
            accounts.items == [
                AWSAccount(id: try Self.id("000000000001"), name: "a", email: "e"),
                AWSAccount(id: try Self.id("000000000002"), name: nil, email: nil),
            ]
        )
        let roles = try Listing<Role>(
            Self.reply(200, #"{"roleList":[{"roleName":"R","accountId":"012345678901"}]}"#),
            in: Self.id()
        )
        #expect(roles.items == [Role("R", in: try Self.id())])
        #expect(roles.next == nil)
    }

    @Test(
        "refuses a listing with an id that is no text of twelve digits (behaviour 24)",
        arguments: [#"{"accountId":12345678901}"#, #"{"accountId":"12345678901"}"#, "{}"]
    )
    func badListing(entry: String) {
        #expect(throws: PortalError.self) {
            try Listing<AWSAccount>(Self.reply(200, #"{"accountList":[\#(entry)]}"#))
        }
    }

    @Test(
        "ends where there is no next token, an empty one or null (behaviour 25)",
        arguments: ["{}", #"{"nextToken":""}"#, #"{"nextToken":null}"#]
    )
    func lastPage(body: String) throws {
        let listing = try Listing<AWSAccount>(Self.reply(200, body))
        #expect(listing.next == nil)
        #expect(listing.items.isEmpty)
    }

    @Test("joins pages, and refuses pages that go round in a circle (behaviour 25)")
    func circle() throws {
        let role = Role("R", in: try Self.id())
        let two = try Listing([role], next: "a").continued(by: Listing([role], next: "b"))
        #expect(two.items == [role, role])
        #expect(two.next == "b")
        #expect(try two.continued(by: Listing([role])).next == nil)
        for next in ["a", "b"] {
            #expect(throws: PortalError.self) { try two.continued(by: Listing([], next: next)) }
        }
    }
}

extension HTTPField.Name {
    fileprivate static let errorType = Self(known: "X-Amzn-ErrorType")
}
