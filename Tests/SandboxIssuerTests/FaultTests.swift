import SandboxIssuer
import Testing

@Suite("A fault")
struct FaultTests {
    @Test("leaves the state alone unless it comes after the commit")
    func commits() throws {
        let faults: [(fault: Fault, commits: Bool, delivery: Delivery)] = [
            (.delay(.seconds(2)), true, .whole), (.truncated, true, .truncated),
            (.slow(pause: .milliseconds(5)), true, .slow(pause: .milliseconds(5))), (.reset, false, .reset),
            (.close, false, .close), (.hang, false, .hang), (.commitThenDrop, true, .close),
            (.commitThenHang, true, .hang), (.status(503), false, .whole), (.garbage, false, .whole),
            (.html, false, .whole), (.redirect(to: "http://127.0.0.1:1/"), false, .whole),
            (.huge(bytes: 1000), false, .whole), (.pending, false, .whole), (.slowDown(), false, .whole),
            (.error("invalid_grant"), false, .whole), (.status(502).afterCommit(), true, .whole),
        ]
        for (fault, commits, delivery) in faults {
            var scene = Scene { $0.refresh = .strict }
            let token = try #require(try scene.logIn().refreshToken)
            scene.machine.inject(fault, at: .token)
            let reply = scene.send(
                .form("/token", Form(["grant_type": "refresh_token", "refresh_token": token, "client_id": "tokend"]))
            )
            #expect(reply.delivery == delivery, "\(fault.name)")
            #expect(scene.machine.isLive(refreshToken: token, at: scene.now) == !commits, "\(fault.name)")
            let entry = try #require(scene.machine.log.last)
            #expect(entry.fault == fault.name)
            #expect(entry.generation == 1)
            #expect(entry.issued == (commits ? ["at-2.1.1790000060", "rt-1.2"] : []))
        }
    }

    @Test("says what it was told to say")
    func answers() throws {
        let faults: [(fault: Fault, status: Int, body: String)] = [
            (.status(503, body: "busy"), 503, "busy"), (.pending, 400, #"{"error":"authorization_pending"}"#),
            (.slowDown(interval: 9), 400, #"{"error":"slow_down","interval":9}"#),
            (
                .error("invalid_client", description: "gone", status: 401), 401,
                #"{"error":"invalid_client","error_description":"gone"}"#
            ),
            (.redirect(to: "/elsewhere"), 307, ""),
        ]
        for (fault, status, body) in faults {
            var scene = Scene()
            scene.machine.inject(fault, at: .token)
            let response = scene.send(Request("POST", "/token")).response
            #expect(response.status == status)
            #expect(response.text == body)
        }
        var scene = Scene()
        scene.machine.inject(.status(429, headers: ["Retry-After": "7", "Date": "then"]), at: .metadata)
        scene.machine.inject(.redirect(to: "/elsewhere"), at: .metadata)
        scene.machine.inject(.huge(bytes: 5000), at: .metadata)
        let first = scene.send(Request("GET", "/.well-known/openid-configuration")).response
        #expect(first.headers["Retry-After"] == "7")
        #expect(first.headers["Date"] == "then")
        let second = scene.send(Request("GET", "/.well-known/openid-configuration")).response
        #expect(second.headers["Location"] == "/elsewhere")
        let third = scene.send(Request("GET", "/.well-known/openid-configuration")).response
        #expect(third.body.count == 5000)
        #expect(try third.json(TokenBody.self).accessToken?.count == 4981)
    }

    @Test("strikes in its turn, at its endpoint, as often as told")
    func queue() {
        var scene = Scene()
        scene.machine.inject(.status(503), at: .token, times: 2)
        scene.machine.inject(.status(504), at: .token)
        #expect(scene.send(Request("GET", "/jwks")).response.status == 200)
        let statuses = (0..<4).map { _ in scene.send(Request("POST", "/token")).response.status }
        #expect(statuses == [503, 503, 504, 400])
        #expect(scene.machine.faults.isEmpty)
    }

    @Test("keeps its delay, whatever else it is")
    func delay() {
        var scene = Scene()
        scene.machine.inject(.reset.afterCommit().delayed(by: .seconds(3)), at: .token)
        let reply = scene.send(Request("POST", "/token"))
        #expect(reply.delay == .seconds(3))
        #expect(reply.delivery == .reset)
    }
}

@Suite("The log")
struct LogTests {
    @Test("counts the unanswered token requests of each grant")
    func inFlight() throws {
        var scene = Scene()
        let tokens = try (0..<2).map { _ in try #require(try scene.logIn().refreshToken) }
        func request(_ grant: Int) -> Request {
            .form(
                "/token",
                Form(["grant_type": "refresh_token", "refresh_token": tokens[grant - 1], "client_id": "tokend"])
            )
        }
        let one = scene.machine.handle(request(1), at: scene.now)
        _ = scene.machine.handle(request(2), at: scene.now)
        _ = scene.machine.handle(request(1), at: scene.now)
        #expect(scene.machine.log.suffix(3).map(\.inFlight) == [1, 1, 2])
        scene.machine.finish(try #require(one.number))
        _ = scene.machine.handle(request(1), at: scene.now)
        #expect(scene.machine.log.last?.inFlight == 2)
        #expect(scene.machine.maxInFlight(grant: 1) == 2)
        #expect(scene.machine.maxInFlight(grant: 2) == 1)
        #expect(scene.machine.maxInFlight() == 2)
        #expect(scene.machine.count(of: .token, grantType: .refreshToken) == 4)
        #expect(scene.machine.count(of: .token) == 6)
    }

    @Test("counts a client's own requests together, the first one too")
    func inFlightOfClient() {
        var scene = Scene()
        let request = Request.form(
            "/token",
            Form(["grant_type": "client_credentials", "client_id": "service", "client_secret": "secret"])
        )
        for _ in 0..<2 { _ = scene.machine.handle(request, at: scene.now) }
        #expect(scene.machine.log.map(\.inFlight) == [1, 2])
    }

    @Test("shows no secret")
    func secrets() throws {
        var scene = Scene()
        let login = try scene.logIn()
        let refreshed = try scene.refresh(login.refreshToken)
        _ = scene.post("/token", ["grant_type": "client_credentials", "client_id": "service", "client_secret": "hush"])
        _ = scene.post("/revoke", ["client_id": "tokend", "token": "stranger's own"])
        let shown = scene.machine.log.map { $0.json.text + "\($0)" }.joined()
        for secret in [
            login.accessToken, login.refreshToken, login.idToken, refreshed.accessToken, refreshed.refreshToken, "hush",
            "stranger's own",
        ] {
            #expect(!shown.contains(try #require(secret)))
        }
        #expect(shown.contains(#""refresh_token":"rt-1.1""#))
    }

    @Test("has a line for people")
    func line() throws {
        var scene = Scene()
        scene.now = .seconds(1_790_000_000 - 1_790_000_000 % 86_400 + 3661)
        let login = try scene.logIn()
        scene.machine.inject(.commitThenDrop, at: .token)
        _ = scene.post(
            "/token",
            ["grant_type": "refresh_token", "refresh_token": try #require(login.refreshToken), "client_id": "tokend"]
        )
        _ = scene.post("/token", ["grant_type": "refresh_token", "client_id": "tokend"])
        let expiry = scene.now.components.seconds + 60
        #expect(
            scene.machine.log.map(\.description) == [
                "01:01:01 POST /device_authorization tokend → 200 dc-1",
                "01:01:01 POST /token device_code tokend dc-1 → 200 at-1.1.\(expiry) rt-1.1",
                "01:01:01 POST /token refresh_token tokend rt-1.1 → no answer at-2.1.\(expiry) rt-1.2 "
                    + "(fault: close after commit)",
                "01:01:01 POST /token refresh_token tokend → 400 invalid_request",
            ]
        )
    }
}
