import FoundationEssentials
import SandboxIssuer
import Testing

/// An issuer without a socket, with a clock that the test moves.
struct Scene {
    var machine: IssuerMachine
    /// Since 1970.
    var now: Duration = .seconds(1_790_000_000)

    /// An issuer whose defaults the test changes first.
    init(_ change: (inout SandboxIssuer.Configuration) -> Void = { _ in }) {
        var configuration = SandboxIssuer.Configuration()
        configuration.port = 8484
        change(&configuration)
        machine = IssuerMachine(configuration: configuration, seed: Array(repeating: 7, count: 32))
    }

    /// Sends a request and takes the reply as delivered.
    mutating func send(_ request: Request) -> IssuerMachine.Reply {
        let reply = machine.handle(request, at: now)
        if let number = reply.number { machine.finish(number) }
        return reply
    }

    /// Posts a form.
    mutating func post(
        _ path: String,
        _ form: KeyValuePairs<String, String>,
        headers: [String: String] = [:]
    ) -> Response {
        send(.form(path, Form(form), headers: headers)).response
    }

    /// Asks for tokens as the public client.
    mutating func token(_ form: KeyValuePairs<String, String>) throws -> TokenBody {
        var form = Form(form)
        form.fields += Form(["client_id": "tokend"]).fields
        return try send(.form("/token", form)).response.json()
    }

    /// Begins a device login as the public client.
    mutating func beginLogin(scope: String = "openid offline_access") throws -> DeviceBody {
        try post("/device_authorization", ["client_id": "tokend", "scope": scope]).json()
    }

    /// Asks whether the login is approved.
    mutating func poll(_ device: DeviceBody) throws -> TokenBody {
        try token(["grant_type": GrantType.deviceCode.rawValue, "device_code": device.deviceCode])
    }

    /// Logs in from beginning to end.
    mutating func logIn(scope: String = "openid offline_access") throws -> TokenBody {
        let device = try beginLogin(scope: scope)
        try machine.decide(userCode: device.userCode, approve: true, at: now)
        return try poll(device)
    }

    /// Refreshes.
    mutating func refresh(_ refreshToken: String?) throws -> TokenBody {
        try token(["grant_type": "refresh_token", "refresh_token": #require(refreshToken)])
    }
}

/// A reply of the token endpoint, whichever it is.
struct TokenBody: Decodable {
    var accessToken: String?
    var tokenType: String?
    var refreshToken: String?
    var idToken: String?
    var scope: String?
    var error: String?
    var errorDescription: String?

    /// Which generation the refresh token is.
    var generation: Int? {
        guard case .refreshToken(_, let generation) = refreshToken.flatMap(Ticket.init(credential:)) else { return nil }
        return generation
    }

    /// The access token's place among all.
    var serial: Int? {
        guard case .accessToken(let serial, _, _) = accessToken.flatMap(Ticket.init(credential:)) else { return nil }
        return serial
    }
}

/// A reply of the device authorization endpoint.
struct DeviceBody: Decodable {
    var deviceCode: String
    var userCode: String
    var verificationUri: String
    var verificationUriComplete: String
    var expiresIn: Int
    var interval: Int?
}

extension Request {
    /// A posted form.
    static func form(_ path: String, _ form: Form, headers: [String: String] = [:]) -> Request {
        let type = ["content-type": "application/x-www-form-urlencoded"]
        return Request("POST", path, headers: type.merging(headers) { $1 }, body: Array(form.encoded.utf8))
    }

    /// A posted JSON body.
    static func json(_ path: String, _ body: String) -> Request {
        Request("POST", path, headers: ["content-type": "application/json"], body: Array(body.utf8))
    }
}

extension Response {
    /// The JSON body as a value.
    func json<Value: Decodable>(_: Value.Type = Value.self) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Value.self, from: Data(body))
    }

    var text: String { String(decoding: body, as: UTF8.self) }
}
