import SandboxIssuer
import Testing

@Suite("STS")
struct STSTests {
    private static let role = "arn:aws:iam::012345678901:role/Admin"

    @Test("tells whom a key speaks for")
    func callerIdentity() throws {
        var scene = Scene()
        let reply = scene.sts(["Action": "GetCallerIdentity", "Version": "2011-06-15"])
        #expect(reply.status == 200)
        #expect(reply.headers["Content-Type"] == "text/xml")
        #expect(reply.element("Arn") == "arn:aws:iam::012345678901:user/sandbox")
        #expect(reply.element("Account") == "012345678901")
        let start = #"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">"#
        #expect(reply.text.hasPrefix(start + "<GetCallerIdentityResult>"))

        let token = try scene.logIn(scene.register()).member("accessToken")
        _ = scene.portal("GET", "/federation/credentials?account_id=012345678901&role_name=ReadOnly", token)
        let key = try #require(scene.machine.roleKeys.values.first)
        let roles = scene.sts(["Action": "GetCallerIdentity", "Version": "2011-06-15"], by: key)
        let name = "AWSReservedSSO_ReadOnly_0123456789abcdef"
        #expect(roles.element("Arn") == "arn:aws:sts::012345678901:assumed-role/\(name)/sandbox-user")
    }

    @Test("assumes a role, whose credentials sign in their turn")
    func assumeRole() throws {
        var scene = Scene()
        let reply = scene.sts([
            "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": Self.role, "RoleSessionName": "s",
            "DurationSeconds": "900",
        ])
        #expect(reply.element("Expiration") == "2026-09-21T14:28:20Z")
        #expect(reply.element("Arn") == "arn:aws:sts::012345678901:assumed-role/Admin/s")
        let id = try #require(reply.element("AccessKeyId"))
        let key = try #require(scene.machine.accessKey(id))
        #expect(reply.element("SecretAccessKey") == key.secret)
        #expect(reply.element("SessionToken") == key.sessionToken)
        #expect(scene.sts(["Action": "GetCallerIdentity"], by: key).element("Arn") == key.arn)
        scene.now += .seconds(900)
        let late = scene.sts(["Action": "GetCallerIdentity"], by: key)
        #expect(late.status == 403)
        #expect(late.element("Code") == "ExpiredToken")
    }

    @Test("assumes a role for a web identity without a signature")
    func webIdentity() throws {
        var scene = Scene()
        let token = try scene.idToken()
        func ask(_ token: String) -> Response {
            scene.post(
                "/",
                [
                    "Action": "AssumeRoleWithWebIdentity", "RoleArn": Self.role, "RoleSessionName": "s",
                    "WebIdentityToken": token,
                ]
            )
        }
        let reply = ask(token)
        #expect(reply.element("SubjectFromWebIdentityToken") == "sandbox-user")
        let id = try #require(reply.element("AccessKeyId"))
        #expect(scene.machine.accessKey(id) != nil)
        #expect(ask("x").element("Code") == "InvalidIdentityToken")
        scene.now += .seconds(60)
        #expect(ask(token).element("Code") == "ExpiredTokenException")
    }

    @Test("refuses what AWS refuses, in XML")
    func refusals() {
        var scene = Scene()
        let unsigned = scene.post("/", ["Action": "GetCallerIdentity"])
        #expect(unsigned.status == 403)
        #expect(unsigned.element("Code") == "MissingAuthenticationToken")
        var stranger = AccessKey.sandbox
        stranger.id = "AKIDSTRANGER00000001"
        #expect(scene.sts(["Action": "GetCallerIdentity"], by: stranger).element("Code") == "InvalidClientTokenId")
        var guesser = AccessKey.sandbox
        guesser.secret = "guess"
        #expect(scene.sts(["Action": "GetCallerIdentity"], by: guesser).element("Code") == "SignatureDoesNotMatch")
        let other = scene.sts([
            "Action": "AssumeRole", "RoleArn": "arn:aws:iam::012345678901:role/<&>", "RoleSessionName": "s",
        ])
        #expect(other.status == 403)
        #expect(other.element("Code") == "AccessDenied")
        #expect(other.element("Message")?.hasSuffix("role/&lt;&amp;&gt;") == true)
        #expect(scene.sts(["Action": "AssumeRole"]).element("Code") == "ValidationError")
        let short = scene.sts([
            "Action": "AssumeRole", "RoleArn": Self.role, "RoleSessionName": "s", "DurationSeconds": "899",
        ])
        #expect(short.element("Code") == "ValidationError")
        #expect(scene.sts(["Action": "DecodeAuthorizationMessage"]).status == 404)
    }
}
