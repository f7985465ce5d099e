import SandboxIssuer
import Testing

@Suite("The control API")
struct ControlTests {
    @Test("approves and denies, by code or all that wait")
    func decisions() throws {
        var scene = Scene()
        let devices = try (0..<3).map { _ in try scene.beginLogin() }
        let deny = scene.send(.json("/sandbox/deny", #"{"user_code":"\#(devices[0].userCode)"}"#)).response
        #expect(deny.status == 200)
        #expect(scene.send(.json("/sandbox/approve", "{}")).response.status == 200)
        #expect(try scene.poll(devices[0]).error == "access_denied")
        #expect(try scene.poll(devices[1]).accessToken != nil)
        #expect(try scene.poll(devices[2]).accessToken != nil)
        let unknown = scene.send(.json("/sandbox/approve", #"{"user_code":"AAAA-AAAA"}"#)).response
        #expect(unknown.status == 404)
        #expect(unknown.text == #"{"error":"the code AAAA-AAAA is unknown"}"#)
    }

    @Test("makes every fault that a test can make")
    func faults() {
        let faults: [(json: String, fault: Fault)] = [
            (#""fault":"delay","delay":1.5"#, .delay(.milliseconds(1500))), (#""fault":"truncated""#, .truncated),
            (#""fault":"slow","pause":0.25"#, .slow(pause: .milliseconds(250))), (#""fault":"reset""#, .reset),
            (#""fault":"close""#, .close), (#""fault":"hang""#, .hang),
            (#""fault":"close","commit":true"#, .commitThenDrop), (#""fault":"hang","commit":true"#, .commitThenHang),
            (
                #""fault":"status","status":503,"headers":{"Retry-After":"5"},"body":"x","delay":1"#,
                .status(503, headers: ["Retry-After": "5"], body: "x").delayed(by: .seconds(1))
            ),
            (#""fault":"garbage""#, .garbage), (#""fault":"html""#, .html),
            (#""fault":"redirect","location":"/x""#, .redirect(to: "/x")),
            (#""fault":"huge","bytes":100"#, .huge(bytes: 100)), (#""fault":"pending""#, .pending),
            (#""fault":"slow_down""#, .slowDown()), (#""fault":"slow_down","interval":7"#, .slowDown(interval: 7)),
            (
                #""fault":"error","error":"invalid_grant","description":"d","status":401"#,
                .error("invalid_grant", description: "d", status: 401)
            ),
        ]
        for (json, fault) in faults {
            var scene = Scene()
            let response = scene.send(.json("/sandbox/faults", #"{"endpoint":"token","times":2,\#(json)}"#)).response
            #expect(response.status == 200, "\(json)")
            #expect(scene.machine.faults == [.token: [fault, fault]])
            #expect(scene.send(Request("DELETE", "/sandbox/faults")).response.status == 200)
            #expect(scene.machine.faults.isEmpty)
        }
    }

    @Test(
        "refuses what it does not understand and changes nothing",
        arguments: [
            (Request.json("/sandbox/faults", #"{"endpoint":"token","fault":"flood"}"#), 400),
            (Request.json("/sandbox/faults", #"{"endpoint":"tokens","fault":"hang"}"#), 400),
            (Request.json("/sandbox/faults", #"{"endpoint":"token","fault":"status"}"#), 400),
            (Request.json("/sandbox/faults", #"{"endpoint":"token","fault":"hang","times":0}"#), 400),
            (Request.json("/sandbox/faults", #"{"endpoint":"token","fault":"hang","times":100001}"#), 400),
            (Request.json("/sandbox/faults", "{"), 400),
            (Request.json("/sandbox/mode", #"{"refresh":"sometimes"}"#), 400),
            (Request.json("/sandbox/live", "{}"), 400),
            (Request.form("/sandbox/approve", Form()), 415),
            (Request("GET", "/sandbox/nothing"), 404),
        ]
    )
    func refusals(request: Request, status: Int) {
        var scene = Scene()
        let response = scene.send(request).response
        #expect(response.status == status)
        #expect(response.text.hasPrefix(#"{"error":""#))
        #expect(scene.machine.faults.isEmpty)
        #expect(scene.machine.configuration.refresh == .rotating(grace: .seconds(10)))
    }

    @Test("changes the mode of refresh", arguments: RefreshMode.Name.allCases)
    func mode(name: RefreshMode.Name) {
        var scene = Scene()
        let body = #"{"refresh":"\#(name.rawValue)","grace":0.5}"#
        #expect(scene.send(.json("/sandbox/mode", body)).response.status == 200)
        #expect(scene.machine.configuration.refresh == RefreshMode(name, grace: .milliseconds(500)))
    }

    @Test("tells whether a refresh token is live, and ends it")
    func liveness() throws {
        var scene = Scene()
        let token = try #require(try scene.logIn().refreshToken)
        let question = Request.json("/sandbox/live", #"{"refresh_token":"\#(token)"}"#)
        #expect(scene.send(question).response.text == #"{"live":true}"#)
        _ = scene.send(.json("/sandbox/revoke", #"{"grant":2}"#))
        #expect(scene.send(question).response.text == #"{"live":true}"#)
        _ = scene.send(.json("/sandbox/revoke", #"{"grant":1}"#))
        #expect(scene.send(question).response.text == #"{"live":false}"#)
    }

    @Test("shows the log from a number on, without its own requests")
    func log() throws {
        struct Log: Decodable {
            struct Entry: Decodable {
                var number: Int
                var at: Double
                var endpoint: String
                var generation: Int?
                var issued: [String]
                var status: Int?
            }
            var requests: [Entry]
        }
        var scene = Scene()
        _ = try scene.refresh(try scene.logIn().refreshToken)
        let all = try scene.send(Request("GET", "/sandbox/log")).response.json(Log.self).requests
        #expect(all.map(\.number) == [1, 2, 3])
        #expect(all.map(\.endpoint) == ["device_authorization", "token", "token"])
        #expect(all.map(\.generation) == [nil, nil, 1])
        #expect(all[2].issued == ["at-2.1.1790000060", "rt-1.2"])
        #expect(all[2].at == 1_790_000_000)
        let rest = try scene.send(Request("GET", "/sandbox/log?after=2")).response.json(Log.self).requests
        #expect(rest.map(\.number) == [3])
    }

    @Test("shows grants, waiting codes, reuses and faults")
    func state() throws {
        struct State: Decodable {
            struct Grant: Decodable {
                var id: Int
                var client: String
                var generation: Int
                var revoked: Bool
            }
            struct Reuse: Decodable {
                var grant: Int
                var generation: Int
                var newest: Int
            }
            var grants: [Grant]
            var pending: [String]
            var reuses: [Reuse]
            var maxInFlight: Int
            var faults: [String: [String]]
        }
        var scene = Scene { $0.refresh = .revokeFamily }
        let token = try scene.logIn().refreshToken
        for _ in 0..<2 { _ = try scene.refresh(token) }
        let device = try scene.beginLogin()
        scene.machine.inject(.hang, at: .token)
        let state = try scene.send(Request("GET", "/sandbox/state")).response.json(State.self)
        #expect(state.grants.map(\.id) == [1, 2])
        #expect(state.grants[0].revoked)
        #expect(state.grants[0].generation == 2)
        #expect(state.pending == [device.userCode])
        #expect(state.reuses.map(\.generation) == [1])
        #expect(state.maxInFlight == 1)
        #expect(state.faults == ["token": ["hang"]])
    }

    @Test("prints an account for tokend")
    func configuration() {
        var scene = Scene()
        #expect(
            scene.send(Request("GET", "/sandbox/config.toml")).response.text == """
                [account.sandbox]
                issuer = "http://127.0.0.1:8484"
                client_id = "tokend"
                flow = "device"
                scopes = ["openid", "offline_access"]

                """
        )
    }
}
