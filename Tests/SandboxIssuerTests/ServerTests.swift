import SandboxIssuer
import Synchronization
import Testing

@Suite("The sandbox issuer", .timeLimit(.minutes(2)))
struct ServerTests {
    private static let clientCredentials: KeyValuePairs = [
        "grant_type": "client_credentials", "client_id": "service", "client_secret": "secret",
    ]

    @Test("answers over HTTP at the address that its metadata names")
    func metadata() async throws {
        try await SandboxIssuer.running { issuer in
            #expect(issuer.issuerURL == "http://127.0.0.1:\(issuer.port)")
            let connection = try RawConnection(port: issuer.port)
            try connection.send(
                "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            let answer = await connection.answer()
            #expect(answer.status == 200)
            #expect(answer.body.utf8.count == answer.length)
            #expect(answer.body.contains(#""issuer":"\#(issuer.issuerURL)""#))
        }
    }

    @Test("carries a login through from the first request to the revocation")
    func wholeLogin() async throws {
        try await SandboxIssuer.running { issuer in
            let device: DeviceBody = try await post(issuer, "/device_authorization", ["client_id": "tokend"])
            let page = try await answer(issuer, "/device", ["user_code": device.userCode, "decision": "approve"])
            #expect(page.body.contains("Login approved"))
            let login: TokenBody = try await post(
                issuer,
                "/token",
                [
                    "grant_type": GrantType.deviceCode.rawValue, "device_code": device.deviceCode,
                    "client_id": "tokend",
                ]
            )
            let first = try #require(login.refreshToken)
            let refreshed: TokenBody = try await post(
                issuer,
                "/token",
                ["grant_type": "refresh_token", "refresh_token": first, "client_id": "tokend"]
            )
            let second = try #require(refreshed.refreshToken)
            #expect(issuer.isLive(refreshToken: second))
            let revoked = try await answer(issuer, "/revoke", ["token": second, "client_id": "tokend"])
            #expect(revoked.status == 200)
            #expect(!issuer.isLive(refreshToken: second))
            #expect(issuer.log.map(\.endpoint) == [.deviceAuthorization, .verification, .token, .token, .revocation])
            #expect(issuer.count(of: .token, grantType: .refreshToken) == 1)
            #expect(issuer.maxInFlight() == 1)
            #expect(issuer.reuses.isEmpty)
        }
    }

    @Test("takes decisions by call")
    func decisions() async throws {
        try await SandboxIssuer.running { issuer in
            for approve in [true, false] {
                let device: DeviceBody = try await post(issuer, "/device_authorization", ["client_id": "tokend"])
                if approve {
                    try issuer.approve(userCode: device.userCode)
                } else {
                    try issuer.deny(userCode: device.userCode)
                }
                let body: TokenBody = try await post(
                    issuer,
                    "/token",
                    [
                        "grant_type": GrantType.deviceCode.rawValue, "device_code": device.deviceCode,
                        "client_id": "tokend",
                    ]
                )
                #expect(body.error == (approve ? nil : "access_denied"))
            }
        }
    }

    @Test("ends an answer before its promised length")
    func truncated() async throws {
        try await SandboxIssuer.running { issuer in
            issuer.inject(.truncated, at: .token)
            let answer = try await answer(issuer, "/token", Self.clientCredentials)
            #expect(answer.status == 200)
            #expect(answer.body.hasPrefix(#"{"access_token":"#))
            #expect(answer.body.utf8.count < answer.length)
            #expect(answer.end == .closed)
        }
    }

    @Test("resets, closes, and acts first only when told")
    func silence() async throws {
        try await SandboxIssuer.running { issuer in
            let faults: [(fault: Fault, end: RawConnection.End, issued: Int)] = [
                (.reset, .reset, 0), (.close, .closed, 0), (.reset.afterCommit(), .reset, 1),
                (.commitThenDrop, .closed, 1),
            ]
            for (fault, end, issued) in faults {
                issuer.inject(fault, at: .token)
                let answer = try await answer(issuer, "/token", Self.clientCredentials)
                #expect(answer == RawConnection.Answer(status: 0, length: 0, body: "", end: end), "\(fault.name)")
                #expect(issuer.log.last?.issued.count == issued)
            }
            #expect(issuer.machine.inFlight.isEmpty)
        }
    }

    @Test("sends an answer whole that is larger than what the kernel takes at once")
    func huge() async throws {
        try await SandboxIssuer.running { issuer in
            issuer.inject(.huge(bytes: 32_000_000), at: .token)
            let connection = try RawConnection(port: issuer.port)
            try connection.post("/token", Self.clientCredentials)
            let (bytes, end) = await connection.read()
            let text = String(decoding: bytes.prefix(1000), as: UTF8.self)
            #expect(text.contains("Content-Length: 32000000\r\n"))
            #expect(bytes.count > 32_000_000)
            #expect(end == .closed)
        }
    }

    @Test("sends a slow answer whole")
    func slow() async throws {
        try await SandboxIssuer.running { issuer in
            issuer.inject(.slow(pause: .microseconds(200)), at: .token)
            let answer = try await answer(issuer, "/token", Self.clientCredentials)
            #expect(answer.status == 200)
            #expect(answer.body.utf8.count == answer.length)
            #expect(issuer.machine.inFlight.isEmpty)
        }
    }

    @Test("answers late when told, and meanwhile others at once")
    func delay() async throws {
        try await SandboxIssuer.running { issuer in
            issuer.inject(.delay(.milliseconds(300)), at: .token)
            let late = try RawConnection(port: issuer.port)
            let started = ContinuousClock.now
            try late.post("/token", Self.clientCredentials)
            try await issuer.waitUntil { $0.inFlight.count == 1 }
            #expect(try await answer(issuer, "/revoke", ["token": "x", "client_id": "tokend"]).status == 200)
            #expect(issuer.machine.inFlight.count == 1)
            #expect(await late.answer().status == 200)
            #expect(.now - started >= .milliseconds(300))
            #expect(issuer.machine.inFlight.isEmpty)
        }
    }

    @Test("lets a request hang until its client goes")
    func hang() async throws {
        try await SandboxIssuer.running { issuer in
            issuer.inject(.commitThenHang, at: .token)
            do {
                let connection = try RawConnection(port: issuer.port)
                try connection.post("/token", Self.clientCredentials)
                try await issuer.waitUntil { $0.inFlight.count == 1 }
            }
            try await issuer.waitUntil(\.inFlight.isEmpty)
            #expect(issuer.log.last?.issued.count == 1)
            #expect(issuer.log.last?.status == nil)
        }
    }

    @Test("counts requests of one grant that overlap")
    func overlap() async throws {
        try await SandboxIssuer.running { issuer in
            _ = try await answer(issuer, "/token", Self.clientCredentials)
            issuer.inject(.hang, at: .token, times: 2)
            let one = try RawConnection(port: issuer.port)
            try one.post("/token", Self.clientCredentials)
            let other = try RawConnection(port: issuer.port)
            try other.post("/token", Self.clientCredentials)
            try await issuer.waitUntil { $0.inFlight.count == 2 }
            #expect(issuer.maxInFlight(grant: 1) == 2)
            #expect(issuer.log.map(\.inFlight).sorted() == [1, 1, 2])
        }
    }

    @Test("keeps a connection for the next request, and may drop it then")
    func keepAlive() async throws {
        try await SandboxIssuer.running { issuer in
            let connection = try RawConnection(port: issuer.port)
            try connection.post("/token", Self.clientCredentials, keepAlive: true)
            let head = await connection.read(upTo: 15)
            #expect(String(decoding: head.bytes, as: UTF8.self) == "HTTP/1.1 200 OK")
            try await issuer.waitUntil(\.inFlight.isEmpty)
            issuer.inject(.close, at: .token)
            try connection.post("/token", Self.clientCredentials, keepAlive: true)
            #expect(await connection.read().end == .closed)
            #expect(issuer.count(of: .token) == 2)
        }
    }

    @Test("refuses a body that is too long, and what is no HTTP", arguments: [70_000, nil])
    func badRequests(length: Int?) async throws {
        try await SandboxIssuer.running { issuer in
            let connection = try RawConnection(port: issuer.port)
            if let length {
                try connection.post("/token", ["scope": String(repeating: "x", count: length)])
            } else {
                try connection.send("nonsense\r\n\r\n")
            }
            #expect(await connection.answer().status == (length == nil ? 400 : 413))
            #expect(issuer.log.isEmpty)
        }
    }

    @Test("stops at once, whoever hangs, and gives its port free")
    func stopping() async throws {
        let issuer = try await SandboxIssuer.start()
        issuer.inject(.hang, at: .token)
        let connection = try RawConnection(port: issuer.port)
        try connection.post("/token", Self.clientCredentials)
        try await issuer.waitUntil { $0.log.count == 1 }
        await issuer.stop()
        #expect(await connection.read().end == .closed)
        var configuration = SandboxIssuer.Configuration()
        configuration.port = issuer.port
        let next = try await SandboxIssuer.start(configuration)
        #expect(next.port == issuer.port)
        await #expect(throws: ListenError.self) { _ = try await SandboxIssuer.start(configuration) }
        await next.stop()
    }

    @Test("sends home who waits for what cannot come any more")
    func stoppedWait() async throws {
        let issuer = try await SandboxIssuer.start()
        let waiting = Task { try await issuer.waitUntil { !$0.log.isEmpty } }
        await issuer.stop()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test("goes by the clock it is given, changes its ways while it runs, and tells each request")
    func clock() async throws {
        let now = Mutex(Duration.seconds(1_790_000_000))
        let told = Mutex<[Int]>([])
        let issuer = try await SandboxIssuer.start(
            now: { now.withLock { $0 } },
            onRequest: { entry in told.withLock { $0.append(entry.number) } }
        )
        issuer.configure {
            $0.approval = .after(.seconds(60))
            $0.port = 1
        }
        let device: DeviceBody = try await post(issuer, "/device_authorization", ["client_id": "tokend"])
        #expect(device.verificationUri == "\(issuer.issuerURL)/device")
        now.withLock { $0 += .seconds(60) }
        let login: TokenBody = try await post(
            issuer,
            "/token",
            ["grant_type": GrantType.deviceCode.rawValue, "device_code": device.deviceCode, "client_id": "tokend"]
        )
        #expect(login.generation == 1)
        issuer.setMode(.static)
        issuer.inject(.hang, at: .token)
        issuer.clearFaults()
        let refreshed: TokenBody = try await post(
            issuer,
            "/token",
            ["grant_type": "refresh_token", "refresh_token": try #require(login.refreshToken), "client_id": "tokend"]
        )
        #expect(refreshed.accessToken != nil)
        #expect(refreshed.refreshToken == nil)
        issuer.revoke(grant: 1)
        #expect(!issuer.isLive(refreshToken: try #require(login.refreshToken)))
        await issuer.stop()
        #expect(told.withLock { $0 } == [1, 2, 3])
    }

    private func answer(
        _ issuer: SandboxIssuer,
        _ path: String,
        _ form: KeyValuePairs<String, String>
    ) async throws -> RawConnection.Answer {
        let connection = try RawConnection(port: issuer.port)
        try connection.post(path, form)
        return await connection.answer()
    }

    private func post<Body: Decodable>(
        _ issuer: SandboxIssuer,
        _ path: String,
        _ form: KeyValuePairs<String, String>
    ) async throws -> Body {
        let answer = try await answer(issuer, path, form)
        return try Response(answer.status, body: Array(answer.body.utf8)).json()
    }
}
