import SandboxIssuer
import Testing

@Suite("A refresh token that is used")
struct RotationTests {
    /// What a use of a token brought: the generation that came back (`nil` for none), or the error.
    enum Outcome: Equatable {
        case tokens(generation: Int?)
        case refused
    }

    /// A use of generation `generation`, so long after the login.
    struct Use: Sendable {
        var generation: Int
        var at: Int
        var outcome: Outcome

        init(_ generation: Int, at seconds: Int, _ outcome: Outcome) {
            self.generation = generation
            at = seconds
            self.outcome = outcome
        }
    }

    struct Story: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var mode: RefreshMode
        var uses: [Use]
        var reuses = 0
    }

    static let stories = [
        Story(
            testDescription: "static: good for ever, and none comes back",
            mode: .static,
            uses: [Use(1, at: 0, .tokens(generation: nil)), Use(1, at: 9999, .tokens(generation: nil))]
        ),
        Story(
            testDescription: "strict: one use each",
            mode: .strict,
            uses: [
                Use(1, at: 0, .tokens(generation: 2)), Use(2, at: 1, .tokens(generation: 3)), Use(2, at: 1, .refused),
                Use(3, at: 1, .tokens(generation: 4)),
            ],
            reuses: 1
        ),
        Story(
            testDescription: "strict: a second use in the same instant is refused",
            mode: .strict,
            uses: [Use(1, at: 0, .tokens(generation: 2)), Use(1, at: 0, .refused)],
            reuses: 1
        ),
        Story(
            testDescription: "grace: the same successor again, until the grace is over",
            mode: .rotating(grace: .seconds(10)),
            uses: [
                Use(1, at: 0, .tokens(generation: 2)), Use(1, at: 9, .tokens(generation: 2)), Use(1, at: 10, .refused),
                Use(2, at: 11, .tokens(generation: 3)),
            ],
            reuses: 1
        ),
        Story(
            testDescription: "grace: over once the successor is used",
            mode: .rotating(grace: .seconds(10)),
            uses: [
                Use(1, at: 0, .tokens(generation: 2)), Use(2, at: 1, .tokens(generation: 3)), Use(1, at: 2, .refused),
            ],
            reuses: 1
        ),
        Story(
            testDescription: "grace with new successors: all of them good until one is used",
            mode: .rotating(grace: .seconds(10), onRepeat: .newSuccessor),
            uses: [
                Use(1, at: 0, .tokens(generation: 2)), Use(1, at: 1, .tokens(generation: 3)),
                Use(2, at: 2, .tokens(generation: 4)), Use(1, at: 3, .refused), Use(3, at: 4, .tokens(generation: 5)),
            ],
            reuses: 1
        ),
        Story(
            testDescription: "family revocation: reuse ends the newest token too",
            mode: .revokeFamily,
            uses: [
                Use(1, at: 0, .tokens(generation: 2)), Use(1, at: 1, .refused), Use(2, at: 2, .refused),
            ],
            reuses: 1
        ),
    ]

    @Test("goes by the issuer's mode", arguments: stories)
    func story(_ story: Story) throws {
        var scene = Scene { $0.refresh = story.mode }
        let login = try scene.logIn()
        let start = scene.now
        var known = [1: login.refreshToken]
        var alive = login.refreshToken
        for use in story.uses {
            scene.now = start + .seconds(use.at)
            let presented = try #require(known[use.generation] ?? nil)
            let expectation = scene.machine.isLive(refreshToken: presented, at: scene.now)
            let body = try scene.refresh(presented)
            let outcome: Outcome = body.error == nil ? .tokens(generation: body.generation) : .refused
            #expect(outcome == use.outcome, "generation \(use.generation) at \(use.at)")
            #expect(expectation == (outcome != .refused))
            if outcome == .refused { #expect(body.error == "invalid_grant") }
            if let generation = body.generation { known[generation] = body.refreshToken }
            alive = body.refreshToken ?? alive
        }
        #expect(scene.machine.reuses.count == story.reuses)
        #expect(scene.machine.generationsUsed(grant: 1) == story.uses.map(\.generation))
        #expect(scene.machine.isLive(refreshToken: try #require(alive), at: scene.now) == (story.mode != .revokeFamily))
    }

    @Test("is told with its number when it comes back too late")
    func reuseIsRecorded() throws {
        var scene = Scene { $0.refresh = .strict }
        let first = try scene.logIn().refreshToken
        _ = try scene.refresh(first)
        _ = try scene.refresh(first)
        let reuse = try #require(scene.machine.reuses.first)
        #expect((reuse.grant, reuse.generation, reuse.newest, reuse.request) == (1, 1, 2, 4))
        #expect(scene.machine.reuses.count == 1)
        #expect(scene.machine.log[3].error == "invalid_grant")
    }

    @Test("is refused to another client, and nothing comes of that")
    func otherClient() throws {
        var scene = Scene {
            $0.clients.append(.public("other"))
            $0.refresh = .strict
        }
        let token = try #require(try scene.logIn().refreshToken)
        let body: TokenBody = try scene.post(
            "/token",
            ["grant_type": "refresh_token", "refresh_token": token, "client_id": "other"]
        ).json()
        #expect(body.error == "invalid_grant")
        #expect(try scene.refresh(token).error == nil)
    }

    @Test("is refused when a letter of it is wrong")
    func forged() throws {
        var scene = Scene()
        let token = try #require(try scene.logIn().refreshToken)
        #expect(
            try scene.refresh(String(token.dropLast()) + (token.hasSuffix("A") ? "B" : "A")).error == "invalid_grant"
        )
        #expect(try scene.refresh("rt-1.1").error == "invalid_grant")
        #expect(try scene.refresh("junk").error == "invalid_grant")
    }

    @Test("narrows the scope of the access token on request, and widens it never")
    func scope() throws {
        var scene = Scene()
        let login = try scene.logIn(scope: "openid mail calendar")
        let narrow = try scene.token([
            "grant_type": "refresh_token", "refresh_token": #require(login.refreshToken), "scope": "mail",
        ])
        #expect(narrow.scope == "mail")
        #expect(narrow.idToken == nil)
        let whole = try scene.refresh(narrow.refreshToken)
        #expect(whole.scope == "openid mail calendar")
        let wide = try scene.token([
            "grant_type": "refresh_token", "refresh_token": #require(whole.refreshToken), "scope": "mail admin",
        ])
        #expect(wide.error == "invalid_scope")
        #expect(scene.machine.isLive(refreshToken: try #require(whole.refreshToken), at: scene.now))
    }

    @Test("is dead after the issuer has ended the login")
    func ended() throws {
        var scene = Scene()
        let one = try scene.logIn()
        let two = try scene.logIn()
        scene.machine.revoke(grant: 1)
        #expect(try scene.refresh(one.refreshToken).error == "invalid_grant")
        let refreshed = try scene.refresh(two.refreshToken)
        #expect(refreshed.error == nil)
        scene.machine.revoke()
        #expect(try scene.refresh(refreshed.refreshToken).error == "invalid_grant")
    }

    @Test("never comes of a login that the issuer has ended, and a client begins anew")
    func endedBefore() throws {
        var scene = Scene()
        let form: KeyValuePairs = [
            "grant_type": "client_credentials", "client_id": "service", "client_secret": "secret",
        ]
        let device = try scene.beginLogin()
        _ = scene.post("/token", form)
        try scene.machine.decide(userCode: device.userCode, approve: true, at: scene.now)
        scene.machine.revoke()
        #expect(try scene.poll(device).error == "invalid_grant")
        #expect(scene.post("/token", form).status == 200)
        #expect(scene.machine.log.map(\.grant) == [1, 2, 1, 3])
    }

    @Test("falls under the new mode as soon as it is set")
    func modeChange() throws {
        var scene = Scene { $0.refresh = .static }
        let token = try scene.logIn().refreshToken
        #expect(try scene.refresh(token).refreshToken == nil)
        scene.machine.configuration.refresh = .strict
        #expect(try scene.refresh(token).generation == 2)
        #expect(try scene.refresh(token).error == "invalid_grant")
    }
}
