import Accounts
import OAuth
import Testing

@Suite("Accounts that need no person")
struct SourceTests {
    @Test("The first token comes by itself, without an intent, and is durable before it is seen")
    func firstToken() {
        var bench = Bench(source: .clientCredentials)
        #expect(bench.untilWake == .zero)
        #expect(bench.send(.wake).sends == [Attempt(generation: 0, variant: .standard, renewal: .clientCredentials)])
        #expect(bench.give(.example("a1")).acts == ["save"])
        #expect(bench.save().published()?.text == "a1")
        #expect(bench.advance(by: .seconds(2400)).acts == ["send"])
    }

    @Test("A refresh token that comes along is used from then on")
    func refreshToken() {
        var bench = Bench(source: .clientCredentials)
        bench.send(.wake)
        bench.give(.example("a1", refreshToken: "r1"))
        bench.save()
        #expect(bench.advance(by: .seconds(2400)).acts == ["record intent"])
        #expect(bench.recordIntent().sends.map(\.renewal) == [.refreshToken(Secret("r1"))])
    }

    @Test("A failure of the source needs no intent cleared")
    func failure() {
        var bench = Bench(source: .clientCredentials)
        bench.send(.wake)
        #expect(bench.fail(.unavailable).acts == [])
        #expect(bench.advance(by: .seconds(1)).acts == ["send"])
        #expect(bench.fail(.noAnswer).acts == [])
    }

    @Test("After a logout it waits until somebody asks")
    func loggedOut() {
        var bench = Bench(source: .clientCredentials)
        bench.send(.wake)
        bench.give(.example("a1"))
        bench.save()
        bench.sleep(.seconds(10))
        #expect(bench.send(.loggedOut).acts == ["bury", "withdraw"])
        #expect(bench.state == .loggedOut)
        #expect(bench.advance(by: .seconds(86_400)) == [])
        #expect(bench.read().acts == ["send"])
        bench.give(.example("a2"))
        #expect(bench.save().answer()?.token == "a2")
        #expect(bench.advance(by: .seconds(2400)).acts == ["send"])
    }

    @Test("After a logout a reload asks as well")
    func reloaded() {
        var bench = Bench(source: .clientCredentials)
        bench.send(.loggedOut)
        #expect(
            bench.send(.reconfigured(RefreshPolicy(), source: .clientCredentials, scope: Bench.scope)).acts == ["send"]
        )
    }
}

@Suite("Reloads")
struct ReloadTests {
    @Test("New margins count at once")
    func margins() {
        var bench = Bench.fresh()
        let policy = RefreshPolicy(margin: .seconds(300), minValid: .seconds(10))
        let published = bench.send(.reconfigured(policy, source: nil, scope: Bench.scope)).published()
        #expect(published?.minValid == .seconds(10))
        #expect(published?.refreshesAt == bench.now.advanced(by: .seconds(3300)))
        #expect(bench.untilWake == .seconds(3300))
    }

    @Test("Nothing is told that has not changed")
    func unchanged() {
        var bench = Bench.fresh()
        #expect(bench.send(.reconfigured(RefreshPolicy(), source: nil, scope: Bench.scope)) == [])
    }

    @Test("Our own pause ends, the issuer's does not")
    func pauses() {
        var ours = Bench.inFlight()
        ours.fail(.unavailable)
        ours.sleep(.milliseconds(900))
        ours.send(.reconfigured(RefreshPolicy(), source: nil, scope: Bench.scope))
        #expect(ours.advance(by: .milliseconds(100)).acts == ["record intent"])
        var issuers = Bench.inFlight()
        issuers.fail(.tooMany(retryAfter: .seconds(60)))
        issuers.send(.reconfigured(RefreshPolicy(), source: nil, scope: Bench.scope))
        #expect(issuers.untilWake == .seconds(60))
    }

    @Test("A source that comes with it is used at once")
    func sourceAdded() {
        var bench = Bench()
        bench.send(.wake)
        #expect(
            bench.send(.reconfigured(RefreshPolicy(), source: .clientCredentials, scope: Bench.scope)).acts == ["send"]
        )
    }

    @Test("A source is asked for the scope that the settings now have")
    func scopeRemoved() {
        var bench = Bench(source: .clientCredentials)
        bench.send(.wake)
        bench.give(.example("a1"))
        bench.save()
        bench.send(.reconfigured(RefreshPolicy(), source: .clientCredentials, scope: Scope(["mail"])))
        bench.advance(by: .seconds(2400))
        bench.give(.example("a2"))
        #expect(bench.save().published()?.token.scope == Scope(["mail"]))
    }

    @Test("Without its source an account goes on to the end of its token")
    func sourceRemoved() {
        var bench = Bench(source: .clientCredentials)
        bench.send(.wake)
        bench.give(.example("a1"))
        bench.save()
        bench.send(.reconfigured(RefreshPolicy(), source: nil, scope: Bench.scope))
        #expect(bench.held == "a1")
        #expect(bench.advance(by: .seconds(3600)).states == [.loginRequired])
    }

    @Test("A machine without a login matches its own scope only: the store may hold a login for another")
    func matching() {
        let bench = Bench()
        #expect(bench.machine.matches(Scope(["files", "mail"])))
        #expect(!bench.machine.matches(Scope(["mail"])))
    }
}

@Suite("Retirement")
struct RetirementTests {
    @Test("A login without anything under way is finished at once, and nobody is served by it")
    func idle() {
        var bench = Bench.fresh()
        #expect(bench.send(.retired) == [.withdraw(.accessToken)])
        #expect(bench.machine.isFinished)
        #expect(bench.untilWake == nil)
    }

    @Test("What an answer brings is saved to the row it belongs to, and never seen")
    func sent() {
        var bench = Bench.inFlight()
        bench.send(.retired)
        #expect(!bench.machine.isFinished)
        #expect(bench.give(.example("a2", refreshToken: "r2")).acts == ["save"])
        #expect(bench.record?.refreshToken == Secret("r2"))
        #expect(bench.save() == [])
        #expect(bench.machine.isFinished)
    }

    @Test("An intent that was being recorded is cleared again, and nothing is sent")
    func recording() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(2400))
        bench.send(.retired)
        #expect(bench.recordIntent() == [.clearIntent(generation: 7)])
        #expect(bench.machine.isFinished)
    }

    @Test("A write that fails is tried again until it is done")
    func unsaved() {
        var bench = Bench.inFlight()
        bench.send(.retired)
        bench.give(.example("a2", refreshToken: "r2"))
        #expect(bench.failSave() == [])
        #expect(!bench.machine.isFinished)
        #expect(bench.advance(by: .seconds(1)).acts == ["save"])
        #expect(bench.save() == [])
        #expect(bench.machine.isFinished)
    }

    @Test("A failure ends it, silently", arguments: [.noAnswer, .invalidGrant, .invalidClient] as [Failure])
    func failure(failure: Failure) {
        var bench = Bench.inFlight(source: .clientCredentials)
        bench.send(.retired)
        let effects = bench.fail(failure)
        #expect(effects.sends == [])
        #expect(effects.failures == [])
        #expect(effects.states == [])
        #expect(bench.machine.isFinished)
    }

    @Test("When the configuration has it again before its end it goes on as if nothing had been")
    func returns() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(2400))
        bench.recordIntent()
        bench.send(.retired)
        #expect(bench.send(.reconfigured(RefreshPolicy(), source: nil, scope: Bench.scope)).published()?.text == "a1")
        bench.give(.example("a2", refreshToken: "r2"))
        #expect(bench.save().published()?.text == "a2")
        #expect(!bench.machine.isFinished)
    }
}
