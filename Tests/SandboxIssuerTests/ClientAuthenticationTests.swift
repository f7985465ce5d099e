import FoundationEssentials
import SandboxIssuer
import Testing

@Suite("A client")
struct ClientAuthenticationTests {
    struct Attempt: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var form: [String: String] = [:]
        var basic: String?
        var status: Int
        var error: String?
    }

    static let attempts = [
        Attempt(testDescription: "by basic", basic: "service:secret", status: 200),
        Attempt(testDescription: "by basic, form-encoded", basic: "s%2Fp:a%3Ab+c", status: 200),
        Attempt(
            testDescription: "by post",
            form: ["client_id": "service", "client_secret": "secret"],
            status: 200
        ),
        Attempt(
            testDescription: "by basic with the same client_id in the form",
            form: ["client_id": "service"],
            basic: "service:secret",
            status: 200
        ),
        Attempt(testDescription: "not at all", status: 401, error: "invalid_client"),
        Attempt(testDescription: "wrong secret, basic", basic: "service:wrong", status: 401, error: "invalid_client"),
        Attempt(
            testDescription: "wrong secret, post",
            form: ["client_id": "service", "client_secret": "wrong"],
            status: 401,
            error: "invalid_client"
        ),
        Attempt(testDescription: "unknown", basic: "nobody:secret", status: 401, error: "invalid_client"),
        Attempt(
            testDescription: "confidential without its secret",
            form: ["client_id": "service"],
            status: 401,
            error: "invalid_client"
        ),
        Attempt(
            testDescription: "public with a secret",
            form: ["client_id": "tokend", "client_secret": "x"],
            status: 401,
            error: "invalid_client"
        ),
        Attempt(
            testDescription: "in two ways",
            form: ["client_id": "service", "client_secret": "secret"],
            basic: "service:secret",
            status: 400,
            error: "invalid_request"
        ),
        Attempt(
            testDescription: "under two names",
            form: ["client_id": "tokend"],
            basic: "service:secret",
            status: 400,
            error: "invalid_request"
        ),
        Attempt(
            testDescription: "public, for a grant that it may not use",
            form: ["client_id": "tokend"],
            status: 400,
            error: "unauthorized_client"
        ),
        Attempt(
            testDescription: "allowed only post, by basic",
            basic: "poster:secret",
            status: 401,
            error: "invalid_client"
        ),
    ]

    @Test("is who it says it is, or gets nothing", arguments: attempts)
    func attempt(_ attempt: Attempt) throws {
        var scene = Scene {
            $0.clients.append(.confidential("s/p", secret: "a:b c"))
            $0.clients.append(Client(id: "poster", secret: "secret", authentication: [.post]))
        }
        let fields = attempt.form.map { "&\($0.key)=\($0.value)" }.joined()
        let form = Form(encoded: "grant_type=client_credentials" + fields)
        let header = attempt.basic.map { ["authorization": "Basic \(Data($0.utf8).base64EncodedString())"] } ?? [:]
        let response = scene.send(.form("/token", form, headers: header)).response
        #expect(response.status == attempt.status)
        #expect(try response.json(TokenBody.self).error == attempt.error)
        let challenged = response.headers["WWW-Authenticate"] != nil
        #expect(challenged == (attempt.status == 401 && attempt.basic != nil))
        #expect(scene.machine.log[0].error == attempt.error)
    }

    @Test("gets tokens of its own, without a refresh token, all of one grant")
    func clientCredentials() throws {
        var scene = Scene()
        let form: KeyValuePairs = [
            "grant_type": "client_credentials", "client_id": "service", "client_secret": "secret", "scope": "a b",
        ]
        let first: TokenBody = try scene.post("/token", form).json()
        let second: TokenBody = try scene.post("/token", form).json()
        #expect(first.serial == 1)
        #expect(second.serial == 2)
        #expect(first.refreshToken == nil)
        #expect(first.idToken == nil)
        #expect(first.scope == "a b")
        #expect(scene.machine.grants.count == 1)
        #expect(scene.machine.log.map(\.grant) == [1, 1])
    }

    @Test(
        "must send a form that can be read",
        arguments: [
            (Request("GET", "/token"), 405, "invalid_request"),
            (Request.json("/token", "{}"), 400, "invalid_request"),
            (Request.form("/token", Form(["client_id": "tokend"])), 400, "invalid_request"),
            (
                Request.form("/token", Form(["client_id": "tokend", "grant_type": "refresh_token"])), 400,
                "invalid_request"
            ),
            (Request.form("/token", Form(["client_id": "tokend", "client_id": "tokend"])), 400, "invalid_request"),
            (
                Request.form("/token", Form(["client_id": "tokend", "grant_type": "password"])), 400,
                "unsupported_grant_type"
            ),
            (Request.form("/device_authorization", Form(["scope": "a"])), 401, "invalid_client"),
            (Request.form("/revoke", Form(["client_id": "tokend"])), 400, "invalid_request"),
        ]
    )
    func malformed(request: Request, status: Int, error: String) throws {
        var scene = Scene()
        let response = scene.send(request).response
        #expect(response.status == status)
        #expect(try response.json(TokenBody.self).error == error)
        #expect(response.headers["Cache-Control"] == "no-store")
        #expect(response.headers["Allow"] == (status == 405 ? "POST" : nil))
    }
}
