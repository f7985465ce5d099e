import Accounts
import OAuth
import Testing

/// The word that people see, and the way to each.
@Suite("State words")
struct StateTests {
    @Test("Each word has its way", arguments: AccountState.allCases)
    func words(state: AccountState) {
        var bench: Bench
        switch state {
        case .loggedOut:
            bench = Bench()
        case .fresh:
            bench = .fresh()
        case .refreshing:
            bench = .inFlight()
        case .waiting:
            bench = .inFlight()
            bench.fail(.unavailable)
        case .loginPending:
            bench = .fresh()
            bench.send(.loginBegan)
        case .loginRequired:
            bench = .inFlight()
            bench.fail(.invalidGrant)
        case .misconfigured:
            bench = .inFlight()
            bench.fail(.invalidClient)
        }
        #expect(bench.state == state)
    }

    @Test("A login on its way is told before its reason, but after an attempt and a misconfiguration")
    func loginPending() {
        var ended = Bench.inFlight()
        ended.fail(.invalidGrant)
        #expect(ended.send(.loginBegan).states == [.loginPending])
        #expect(ended.send(.loginEnded).states == [.loginRequired])
        var waiting = Bench.inFlight()
        waiting.fail(.unavailable)
        #expect(waiting.send(.loginBegan).states == [.loginPending])
        var sent = Bench.inFlight()
        #expect(sent.send(.loginBegan).states == [])
        #expect(sent.fail(.invalidClient).states == [.misconfigured])
    }

    @Test("A state that time alone brings is told as well")
    func byTime() {
        var bench = Bench.inFlight()
        bench.give(.example("a2", refreshToken: "r2", lifetime: .seconds(30)))
        #expect(bench.failSave().states == [.fresh])
        #expect(bench.advance(by: .seconds(29)).states == [])
        #expect(bench.advance(by: .seconds(1)).states == [.waiting])
    }

    @Test("No attempt: not busy. An attempt, a write or a token in memory only: busy")
    func busy() {
        var bench = Bench.fresh()
        #expect(!bench.machine.isBusy)
        bench.advance(by: .seconds(2400))
        #expect(bench.machine.isBusy)
        bench.recordIntent()
        #expect(bench.machine.isBusy)
        bench.give(.example())
        #expect(bench.machine.isBusy)
        bench.failSave()
        #expect(bench.machine.isBusy)
        bench.advance(by: .seconds(1))
        bench.save()
        #expect(!bench.machine.isBusy)
    }
}
