import Daemon
import Gateways
import LocalAPI
import SandboxIssuer
import Testing

/// Logins that do not end well, or are shared.
@Suite("A login") struct LoginTests {
    private static func byHand() -> SandboxIssuer.Configuration {
        var configuration = SandboxIssuer.Configuration.quick()
        configuration.approval = .byHand
        return configuration
    }

    @Test("is joined by whoever asks for another, and shows the same code")
    func joined() async throws {
        try await SandboxIssuer.running(Self.byHand()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                let (first, isNew) = try await house.engine.login("example", LoginRequest())
                #expect(isNew)
                let (second, isSecondNew) = try await house.engine.login("example", LoginRequest())
                #expect(!isSecondNew)
                #expect(first.userCode == second.userCode)
                #expect(try await house.engine.account("example").state == .loginPending)
                try issuer.approve(userCode: try #require(first.userCode))
                var login = first
                while !login.state.isFinal { login = try await house.engine.login(id: first.id, wait: .seconds(30)) }
                #expect(login.state == .done)
                #expect(try await house.engine.account("example").state == .fresh)
            }
        }
    }

    @Test("that is denied changes nothing")
    func denied() async throws {
        try await SandboxIssuer.running(Self.byHand()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                var login = try await house.engine.login("example", LoginRequest()).login
                try issuer.deny(userCode: try #require(login.userCode))
                while !login.state.isFinal { login = try await house.engine.login(id: login.id, wait: .seconds(30)) }
                #expect(login.state == .denied)
                #expect(try await house.engine.account("example").state == .loggedOut)
            }
        }
    }

    @Test("that is cancelled is over at once, and another can begin")
    func cancelled() async throws {
        try await SandboxIssuer.running(Self.byHand()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                let login = try await house.engine.login("example", LoginRequest()).login
                #expect(try await house.engine.cancelLogin(id: login.id).state == .cancelled)
                #expect(try await house.engine.account("example").state == .loggedOut)
                #expect(try await house.engine.login("example", LoginRequest()).isNew)
            }
        }
    }

    @Test("wakes those who wait for it when it changes, and nobody before")
    func watchers() async throws {
        try await SandboxIssuer.running(Self.byHand()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                let login = try await house.engine.login("example", LoginRequest()).login
                async let patient = house.engine.login(id: login.id, wait: .seconds(300))
                let impatient = Task { try await house.engine.login(id: login.id, wait: .seconds(300)) }
                let brief = try await house.engine.login(id: login.id, wait: .milliseconds(20))
                #expect(brief.state == .pending)
                impatient.cancel()
                #expect(try await impatient.value.state == .pending)
                // The one who still waits does so in his sleep.
                let looks = house.clock.looks
                for _ in 0..<1000 { await Task.yield() }
                #expect(house.clock.looks - looks < 100)
                try issuer.deny(userCode: try #require(login.userCode))
                #expect(try await patient.state == .denied)
            }
        }
    }

    @Test("goes on through a reload that leaves its account alone, and ends with one that does not")
    func reload() async throws {
        try await SandboxIssuer.running(Self.byHand()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                let login = try await house.engine.login("example", LoginRequest()).login
                house.configuration.text = issuer.account() + issuer.account("other")
                try await house.engine.reload()
                #expect(try await house.engine.login(id: login.id, wait: .zero).state == .pending)
                async let watched = house.engine.login(id: login.id, wait: .seconds(300))
                house.configuration.text = issuer.account("other")
                try await house.engine.reload()
                #expect(try await watched.state == .cancelled)
                house.configuration.text = issuer.account()
                try await house.engine.reload()
                #expect(try await house.engine.login("example", LoginRequest()).isNew)
            }
        }
    }

    @Test("of another flow waits until the pending one is over")
    func conflict() async throws {
        try await SandboxIssuer.running(Self.byHand()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                let login = try await house.engine.login("example", LoginRequest()).login
                let outcome = await Result { () async throws(Problem) in
                    try await house.engine.login("example", LoginRequest(refreshToken: "rt")).login
                }
                let problem = #expect(throws: Problem.self) { try outcome.get() }
                #expect(problem?.code == .conflict)
                #expect(problem?.detail.contains(login.id) == true)
                #expect(issuer.count(of: .token, grantType: .refreshToken) == 0)
            }
        }
    }

    @Test("with a refresh token that the issuer does not accept says so and changes nothing")
    func badRefreshToken() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                try await house.logIn()
                let outcome = await Result { () async throws(Problem) in
                    try await house.engine.login("example", LoginRequest(refreshToken: "no-such-token")).login
                }
                let problem = #expect(throws: Problem.self) { try outcome.get() }
                #expect(problem?.code == .accessDenied)
                #expect(problem?.detail.contains("no-such-token") == false)
                #expect(try await house.engine.account("example").state == .fresh)
            }
        }
    }

    @Test("is forgotten some time after its end, and a hundred later ones sooner")
    func forgotten() async throws {
        try await SandboxIssuer.running(Self.byHand()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                var ids: [String] = []
                for _ in 0..<102 {
                    let login = try await house.engine.login("example", LoginRequest()).login
                    _ = try await house.engine.cancelLogin(id: login.id)
                    ids.append(login.id)
                    house.clock.advance(by: .seconds(1))
                }
                #expect(await Self.isKnown(ids[0], to: house) == false)
                #expect(await Self.isKnown(ids[101], to: house))
                house.clock.advance(by: .seconds(601))
                _ = try await house.engine.login("example", LoginRequest())
                #expect(await Self.isKnown(ids[101], to: house) == false)
            }
        }
    }

    private static func isKnown(_ id: String, to house: House) async -> Bool {
        await (try? house.engine.login(id: id, wait: .zero)) != nil
    }

    @Test("at an issuer that is away cannot begin, and says why")
    func away() async throws {
        let issuer = try await SandboxIssuer.start(.quick())
        let configuration = issuer.account()
        await issuer.stop()
        try await House.with(configuration: configuration) { house in
            let outcome = await Result { () async throws(Problem) in
                try await house.engine.login("example", LoginRequest()).login
            }
            guard case .failure(let problem) = outcome else {
                Issue.record("a login began without an issuer")
                return
            }
            #expect(problem.code == .temporarilyUnavailable)
            #expect(problem.detail.contains("connect"))
        }
    }

    @Test("is announced, state by state, to those who follow")
    func events() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account()) { house in
                var events = house.engine.events(after: nil).makeAsyncIterator()
                try await house.logIn()
                var kinds: [ServerEvent.Kind] = []
                while let event = await events.next() {
                    kinds.append(event.kind)
                    #expect(!event.data.contains("at-"))
                    if event.kind == .login, event.data.contains("\"done\"") { break }
                }
                #expect(kinds.contains(.state))
                #expect(kinds.contains(.token))
            }
        }
    }
}
