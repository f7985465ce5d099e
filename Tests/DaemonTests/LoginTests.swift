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
