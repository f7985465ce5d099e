import FoundationEssentials
import SandboxIssuer
import Testing

/// A client as RegisterClient has answered it.
struct RegisteredClient {
    var id: String
    var secret: String

    /// What each of its requests says of it.
    var members: [String: JSON] { ["clientId": .string(id), "clientSecret": .string(secret)] }
}

extension Scene {
    static let deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
    static let application = Application().arn
    /// The verifier and the challenge of RFC 7636 appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    /// Posts JSON.
    mutating func call(_ path: String, _ members: [String: JSON]) -> Response {
        send(.json(path, JSON.object(members).text)).response
    }

    /// Registers a client: by default for device codes, with the scope that brings refresh tokens.
    mutating func register(_ members: [String: JSON] = ["scopes": ["sso:account:access"]]) throws -> RegisteredClient {
        let own: [String: JSON] = ["clientName": "tests", "clientType": "public"]
        let reply = call("/client/register", own.merging(members) { $1 })
        try #require(reply.status == 200, "\(reply.text)")
        return RegisteredClient(id: try reply.member("clientId"), secret: try reply.member("clientSecret"))
    }

    /// Registers a client of the code flow.
    mutating func registerForCodes() throws -> RegisteredClient {
        try register([
            "scopes": ["sso:account:access"], "grantTypes": ["authorization_code", "refresh_token"],
            "redirectUris": ["http://127.0.0.1/oauth/callback"], "issuerUrl": "https://corp.awsapps.com/start",
        ])
    }

    mutating func startDeviceAuthorization(_ client: RegisteredClient) -> Response {
        call(
            "/device_authorization",
            client.members.merging(["startUrl": "https://corp.awsapps.com/start"]) { $1 }
        )
    }

    mutating func createToken(_ client: RegisteredClient, _ grantType: String, _ members: [String: JSON]) -> Response {
        call("/token", client.members.merging(["grantType": .string(grantType)]) { $1 }.merging(members) { $1 })
    }

    /// Logs in by a device code from beginning to end.
    mutating func logIn(_ client: RegisteredClient) throws -> Response {
        let device = startDeviceAuthorization(client)
        try machine.decide(userCode: device.member("userCode"), approve: true, at: now)
        let reply = createToken(client, Self.deviceCode, ["deviceCode": .string(try device.member("deviceCode"))])
        try #require(reply.status == 200, "\(reply.text)")
        return reply
    }

    /// Asks for a code, and returns where the browser is sent.
    mutating func authorize(_ clientID: String, _ change: [String: String?] = [:]) -> Response {
        var fields: [String: String?] = [
            "response_type": "code", "client_id": clientID, "redirect_uri": "http://127.0.0.1:4711/oauth/callback",
            "state": "s t", "code_challenge_method": "S256", "code_challenge": Self.challenge,
            "scopes": "sso:account:access",
        ]
        fields.merge(change) { $1 }
        let query = fields.compactMap { name, value in value.map { "\(name)=\(Form.encoded($0))" } }
        return send(Request("GET", "/authorize?" + query.joined(separator: "&"))).response
    }

    /// Sends a request that is signed at the time of the scene, or at another.
    mutating func signed(
        _ request: Request,
        by key: AccessKey = .sandbox,
        region: String = "us-east-1",
        service: String,
        signedAt: Duration? = nil,
        changing change: (inout Request) -> Void = { _ in }
    ) -> Response {
        var sent = request.signed(by: key, region: region, service: service, at: signedAt ?? now)
        change(&sent)
        return send(sent).response
    }

    /// Calls CreateTokenWithIAM.
    mutating func createTokenWithIAM(_ grantType: String, _ members: [String: JSON]) -> Response {
        let own: [String: JSON] = ["clientId": .string(Self.application), "grantType": .string(grantType)]
        return signed(
            .json("/token?aws_iam=t", JSON.object(own.merging(members) { $1 }).text),
            service: "sso-oauth"
        )
    }

    /// Asks the portal with an access token.
    mutating func portal(_ method: String, _ target: String, _ accessToken: String) -> Response {
        send(Request(method, target, headers: ["x-amz-sso_bearer_token": accessToken])).response
    }

    /// Asks STS.
    mutating func sts(_ form: KeyValuePairs<String, String>, by key: AccessKey = .sandbox) -> Response {
        signed(.form("/", Form(form)), by: key, service: "sts")
    }

    /// An id token of the issuer's OAuth side.
    mutating func idToken() throws -> String { try #require(try logIn().idToken) }
}

extension Response {
    /// The body's members.
    func members() throws -> [String: JSON] {
        guard case .object(let members) = try JSONDecoder().decode(JSON.self, from: Data(body)) else {
            throw NotAnObject(text: text)
        }
        return members
    }

    /// A member that is a text.
    func member(_ name: String) throws -> String {
        guard case .string(let value) = try members()[name] else { throw NotAnObject(text: text) }
        return value
    }

    /// What stands in an element of an XML body.
    func element(_ name: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>"),
            let end = text[start.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        return String(text[start.upperBound..<end.lowerBound])
    }

    /// AWS's name of the exception, as botocore reads it, with the status.
    var exception: String {
        "\(status) \(headers["x-amzn-ErrorType"]?.split(separator: ":").first ?? "none")"
    }

    private struct NotAnObject: Error { var text: String }
}
