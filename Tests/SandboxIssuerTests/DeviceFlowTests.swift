import SandboxIssuer
import Testing

@Suite("A device login")
struct DeviceFlowTests {
    @Test("begins with two codes, a page and a pace")
    func beginning() throws {
        var scene = Scene {
            $0.deviceCodeLifetime = .seconds(90)
            $0.interval = 3
        }
        let device = try scene.beginLogin()
        #expect(device.userCode.wholeMatch(of: /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/) != nil)
        #expect(device.verificationUri == "http://127.0.0.1:8484/device")
        #expect(device.verificationUriComplete == "http://127.0.0.1:8484/device?user_code=\(device.userCode)")
        #expect(device.expiresIn == 90)
        #expect(device.interval == 3)
        #expect(try scene.beginLogin().userCode != device.userCode)
    }

    @Test("waits for a person, brings tokens once, and no second time")
    func approved() throws {
        var scene = Scene()
        let device = try scene.beginLogin()
        #expect(try scene.poll(device).error == "authorization_pending")
        scene.now += .seconds(1)
        try scene.machine.decide(userCode: device.userCode, approve: true, at: scene.now)
        let tokens = try scene.poll(device)
        #expect(tokens.serial == 1)
        #expect(tokens.generation == 1)
        #expect(tokens.tokenType == "Bearer")
        #expect(tokens.scope == "openid offline_access")
        scene.now += .seconds(1)
        #expect(try scene.poll(device).error == "invalid_grant")
    }

    @Test("that is denied stays so")
    func denied() throws {
        var scene = Scene()
        let device = try scene.beginLogin()
        try scene.machine.decide(userCode: device.userCode, approve: false, at: scene.now)
        #expect(try scene.poll(device).error == "access_denied")
        #expect(throws: IssuerMachine.UserCodeError.decided) {
            try scene.machine.decide(userCode: device.userCode, approve: true, at: scene.now)
        }
    }

    @Test("ends with its code, approved or not", arguments: [false, true])
    func expired(approved: Bool) throws {
        var scene = Scene { $0.deviceCodeLifetime = .seconds(10) }
        let device = try scene.beginLogin()
        if approved { try scene.machine.decide(userCode: device.userCode, approve: true, at: scene.now) }
        scene.now += .seconds(10)
        #expect(try scene.poll(device).error == "expired_token")
        #expect(scene.machine.pendingUserCodes(at: scene.now).isEmpty)
        if !approved {
            #expect(throws: IssuerMachine.UserCodeError.expired) {
                try scene.machine.decide(userCode: device.userCode, approve: true, at: scene.now)
            }
        }
    }

    @Test("is slowed down by 5 s for good each time it is polled too soon")
    func slowDown() throws {
        var scene = Scene { $0.interval = 2 }
        let device = try scene.beginLogin()
        let polls: [(after: Int, error: String)] = [
            (0, "authorization_pending"), (1, "slow_down"), (2, "slow_down"), (11, "slow_down"),
            (17, "authorization_pending"), (17, "authorization_pending"),
        ]
        for poll in polls {
            scene.now += .seconds(poll.after)
            #expect(try scene.poll(device).error == poll.error, "after \(poll.after) s")
        }
    }

    @Test("may be polled a little early, as clocks are not exact")
    func tolerance() throws {
        var scene = Scene { $0.interval = 1 }
        let device = try scene.beginLogin()
        _ = try scene.poll(device)
        scene.now += .milliseconds(960)
        #expect(try scene.poll(device).error == "authorization_pending")
    }

    @Test("is approved by itself after so many polls", arguments: [0, 1, 3])
    func afterPolls(count: Int) throws {
        var scene = Scene { $0.approval = .afterPolls(count) }
        let device = try scene.beginLogin()
        for _ in 0..<count {
            #expect(try scene.poll(device).error == "authorization_pending")
            scene.now += .seconds(1)
        }
        #expect(try scene.poll(device).accessToken != nil)
    }

    @Test("is approved by itself after a time")
    func afterTime() throws {
        var scene = Scene { $0.approval = .after(.seconds(3)) }
        let device = try scene.beginLogin()
        scene.now += .seconds(2)
        #expect(try scene.poll(device).error == "authorization_pending")
        scene.now += .seconds(1)
        #expect(try scene.poll(device).accessToken != nil)
    }

    @Test("finds its code however it is typed")
    func typing() throws {
        let spellings: [(String) -> String] = [
            { $0 }, { $0.lowercased() }, { $0.filter { $0 != "-" } }, { " \($0.replacing("-", with: " ")) " },
        ]
        for spelling in spellings {
            var scene = Scene()
            let device = try scene.beginLogin()
            try scene.machine.decide(userCode: spelling(device.userCode), approve: true, at: scene.now)
            #expect(try scene.poll(device).accessToken != nil)
        }
    }

    @Test("knows no code that is empty or strange", arguments: ["", "-", "AAAA-AAAA", "<script>"])
    func strangeCode(code: String) throws {
        var scene = Scene()
        _ = try scene.beginLogin()
        #expect(throws: IssuerMachine.UserCodeError.unknown) {
            try scene.machine.decide(userCode: code, approve: true, at: scene.now)
        }
    }

    @Test("is refused when the code is another client's, or none at all")
    func strangeDeviceCode() throws {
        var scene = Scene { $0.clients.append(.public("other")) }
        let device = try scene.beginLogin()
        for (client, code) in [("other", device.deviceCode), ("tokend", "dc-1-junk"), ("tokend", "dc-9-junk")] {
            let body: TokenBody = try scene.post(
                "/token",
                ["grant_type": GrantType.deviceCode.rawValue, "device_code": code, "client_id": client]
            ).json()
            #expect(body.error == "invalid_grant")
        }
    }
}
