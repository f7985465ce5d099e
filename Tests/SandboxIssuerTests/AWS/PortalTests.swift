import SandboxIssuer
import Testing

@Suite("The portal")
struct PortalTests {
    @Test("gives credentials whose end is in milliseconds, for a role with odd characters too")
    func credentials() throws {
        var scene = Scene()
        let token = try scene.logIn(scene.register()).member("accessToken")
        let reply = scene.portal(
            "GET",
            "/federation/credentials?role_name=Team%20Role%2Bx&account_id=210987654321",
            token
        )
        guard case .object(let credentials) = try reply.members()["roleCredentials"] else {
            Issue.record("no credentials: \(reply.text)")
            return
        }
        #expect(credentials["expiration"] == 1_790_003_600_000)
        let key = try #require(scene.machine.roleKeys.values.first)
        #expect(credentials["accessKeyId"] == .string(key.id))
        #expect(key.id.hasPrefix("ASIA") && key.id.count == 20)
        #expect(credentials["sessionToken"] == .optional(key.sessionToken))
        #expect(key.awsAccount == "210987654321")
        #expect(key.expiresAt == .seconds(1_790_003_600))
        #expect(scene.machine.log.last?.issued == [key.id])
    }

    @Test("lists by pages, whose tokens need encoding, and ends with null")
    func pages() throws {
        var scene = Scene {
            $0.aws.pageSize = 1
            $0.aws.awsAccounts[0].roles = ["A", "B", "C"]
        }
        let token = try scene.logIn(scene.register()).member("accessToken")
        let first = scene.portal("GET", "/assignment/accounts", token)
        #expect(
            try first.members()["accountList"] == [
                ["accountId": "012345678901", "accountName": "sandbox", "emailAddress": "sandbox@example.com"]
            ]
        )
        let next = try first.member("nextToken")
        let second = scene.portal("GET", "/assignment/accounts?next_token=\(Form.encoded(next))", token)
        #expect(try second.members()["nextToken"] == .null)
        #expect(second.text.contains("210987654321"))

        scene.machine.configuration.aws.pageSize = 100
        let roles = scene.portal("GET", "/assignment/roles?account_id=012345678901&max_result=2", token)
        #expect(
            try roles.members()["roleList"] == [
                ["roleName": "A", "accountId": "012345678901"], ["roleName": "B", "accountId": "012345678901"],
            ]
        )
        let rest = Form.encoded(try roles.member("nextToken"))
        let last = scene.portal(
            "GET",
            "/assignment/roles?account_id=012345678901&max_result=2&next_token=\(rest)",
            token
        )
        #expect(try last.members()["roleList"] == [["roleName": "C", "accountId": "012345678901"]])
        #expect(try last.members()["nextToken"] == .null)
    }

    @Test(
        "refuses what AWS refuses",
        arguments: [
            ("/federation/credentials?account_id=012345678901&role_name=Other", "403 ForbiddenException"),
            ("/federation/credentials?account_id=000000000000&role_name=Admin", "404 ResourceNotFoundException"),
            ("/federation/credentials?account_id=12345678901&role_name=Admin", "400 InvalidRequestException"),
            ("/federation/credentials?account_id=012345678901", "400 InvalidRequestException"),
            ("/assignment/roles?account_id=000000000000", "404 ResourceNotFoundException"),
            ("/assignment/roles", "400 InvalidRequestException"),
            ("/assignment/accounts?max_result=0", "400 InvalidRequestException"),
            ("/assignment/accounts?max_result=101", "400 InvalidRequestException"),
            ("/assignment/accounts?next_token=other", "400 InvalidRequestException"),
        ]
    )
    func refusals(target: String, exception: String) throws {
        var scene = Scene()
        let token = try scene.logIn(scene.register()).member("accessToken")
        let reply = scene.portal("GET", target, token)
        #expect(reply.exception == exception)
        let name = try #require(exception.split(separator: " ").last)
        #expect(try reply.member("__type") == "com.amazonaws.switchboard.portal#\(name)")
        #expect(try !reply.member("message").isEmpty)
    }

    @Test("takes no token but a live one of Identity Center")
    func tokens() throws {
        var scene = Scene()
        let token = try scene.logIn(scene.register()).member("accessToken")
        let foreign = try #require(try scene.logIn().accessToken)
        #expect(scene.send(Request("GET", "/assignment/accounts")).response.exception == "401 UnauthorizedException")
        for bad in [foreign, "x", token + "x"] {
            #expect(scene.portal("GET", "/assignment/accounts", bad).exception == "401 UnauthorizedException")
        }
        #expect(scene.portal("GET", "/assignment/accounts", token).status == 200)
        scene.now += .seconds(60)
        let late = scene.portal("GET", "/assignment/accounts", token)
        #expect(late.exception == "401 UnauthorizedException")
        #expect(try late.member("message") == "Session token not found or invalid")
    }

    @Test("ends the session at the logout, and the refresh token with it, but no credentials")
    func logout() throws {
        var scene = Scene()
        let client = try scene.register()
        let login = try scene.logIn(client)
        let token = try login.member("accessToken")
        _ = scene.portal("GET", "/federation/credentials?account_id=012345678901&role_name=Admin", token)
        let reply = scene.portal("POST", "/logout", token)
        #expect(reply.status == 200)
        #expect(reply.body.isEmpty)
        #expect(scene.portal("POST", "/logout", token).exception == "401 UnauthorizedException")
        let refresh = scene.createToken(
            client,
            "refresh_token",
            ["refreshToken": .string(try login.member("refreshToken"))]
        )
        #expect(refresh.exception == "400 InvalidGrantException")
        let key = try #require(scene.machine.roleKeys.values.first)
        #expect(scene.sts(["Action": "GetCallerIdentity", "Version": "2011-06-15"], by: key).status == 200)
    }
}
