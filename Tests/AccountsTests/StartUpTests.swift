import Accounts
import OAuth
import Testing

@Suite("Start-up")
struct StartUpTests {
    @Test("Without a login nothing happens, and readers are told at once to log in")
    func nothingStored() {
        var bench = Bench()
        #expect(bench.send(.wake) == [])
        #expect(bench.state == .loggedOut)
        #expect(bench.untilWake == nil)
        #expect(bench.read().answer() == .refused(.loginRequired(nil)))
    }

    @Test("A stored token is published at once and renewed when its time comes")
    func token() {
        var bench = Bench(stored: .example(age: .seconds(600)))
        #expect(bench.state == .fresh)
        let effects = bench.send(.wake)
        #expect(effects.acts == ["publish"])
        #expect(effects.published()?.text == "a1")
        #expect(effects.published()?.degradation == nil)
        #expect(effects.states == [])
        #expect(bench.untilWake == .seconds(1800))
        #expect(bench.machine.subject == "ada")
        #expect(bench.machine.lastRefreshAt == Bench.start.advanced(by: .seconds(-600)))
    }

    @Test("A token that ended in the meantime is renewed at once and never shown")
    func endedToken() {
        var bench = Bench(stored: .example(age: .seconds(3600)))
        #expect(bench.send(.wake).acts == ["record intent"])
        #expect(bench.held == nil)
        #expect(bench.state == .refreshing)
    }

    @Test("A refresh token without a token is used at once")
    func noToken() {
        var stored = StoredGrant.example()
        stored.token = nil
        var bench = Bench(stored: stored)
        #expect(bench.untilWake == .zero)
        #expect(bench.send(.wake) == [.recordIntent(generation: 7), .announce(.state(.refreshing))])
    }

    @Test("A login that had ended stays so: nothing is sent, and what still lives is served")
    func ended() {
        let cause = EndedCause(reason: .revokedOrExpired, detail: "revoked", at: Bench.start)
        var bench = Bench(stored: .example(age: .seconds(3000), ended: cause))
        #expect(bench.state == .loginRequired)
        #expect(bench.machine.endedCause == cause)
        #expect(bench.send(.wake).published()?.refreshesAt == nil)
        #expect(bench.read(wait: .seconds(300)).answer()?.token == "a1")
        #expect(bench.advance(by: .seconds(86_400)).acts == ["withdraw"])
        #expect(bench.read(wait: .seconds(300)).answer() == .refused(.loginRequired(cause)))
    }

    @Test("A pending intent means that nobody knows: the same refresh token is sent at once, the token is served")
    func pendingIntent() throws {
        var bench = Bench(stored: .example(intentAt: Bench.start))
        let effects = bench.send(.wake)
        #expect(effects.acts == ["publish", "record intent"])
        #expect(bench.read().answer()?.token == "a1")
        let attempt = try #require(bench.recordIntent().sends.first)
        #expect(attempt == Attempt(generation: 7, variant: .standard, renewal: .refreshToken(Secret("r1"))))
    }

    @Test("A configuration that is put in force before the first wake changes nothing about that")
    func pendingIntentReconfigured() {
        var bench = Bench(stored: .example(intentAt: Bench.start))
        #expect(
            bench.send(.reconfigured(RefreshPolicy(), source: nil, scope: Bench.scope)).acts == [
                "publish", "record intent",
            ]
        )
    }

    @Test("A login that asked for less than the configuration does is not touched")
    func scopeTooSmall() {
        var bench = Bench(stored: .example(scope: Scope(["mail"])))
        #expect(bench.send(.wake) == [])
        #expect(bench.state == .loggedOut)
        #expect(bench.read().answer() == .refused(.loginRequired(nil)))
        #expect(bench.machine.generation == 7)
    }

    @Test("A login that asked for more than the configuration does still matches")
    func scopeRemoved() {
        var bench = Bench(stored: .example(scope: Scope(["mail", "files", "calendar"])))
        #expect(bench.send(.wake).published()?.text == "a1")
        #expect(bench.machine.matches(Scope(["files"])))
        #expect(!bench.machine.matches(Scope(["contacts"])))
    }

    @Test("After a reboot the wall clock tells how old a token is")
    func otherBoot() {
        let now = Instant(wall: Bench.start.wall + .seconds(600), boot: .seconds(20), bootID: "second boot")
        var bench = Bench(stored: .example(), at: now)
        #expect(bench.send(.wake).published()?.token.remaining(at: now) == .seconds(3000))
        #expect(bench.untilWake == .seconds(1800))
    }

    @Test("After a reboot with the clock set back a token is not served but renewed")
    func clockSetBack() {
        let now = Instant(wall: .zero, boot: .seconds(20), bootID: "second boot")
        var bench = Bench(stored: .example(idToken: "i1"), at: now)
        #expect(bench.send(.wake).acts == ["record intent"])
    }

    @Test("A login without a refresh token ends with its token")
    func notRefreshable() {
        var bench = Bench(stored: .example(refreshToken: nil))
        #expect(bench.send(.wake).published()?.refreshesAt == nil)
        #expect(!bench.machine.isRefreshable)
        #expect(bench.untilWake == .seconds(3600))
        let effects = bench.advance(by: .seconds(3600))
        #expect(effects.acts == ["save", "withdraw"])
        #expect(effects.states == [.loginRequired])
        #expect(bench.record?.ended?.reason == .notRefreshable)
        #expect(bench.read().answer()?.refusal == bench.machine.endedCause.map { .loginRequired($0) })
    }

    @Test("A source that came into the configuration takes up a login that had ended")
    func endedWithSource() {
        let cause = EndedCause(reason: .revokedOrExpired, detail: "", at: Bench.start)
        var bench = Bench(stored: .example(age: .seconds(3600), ended: cause), source: .clientCredentials)
        #expect(bench.send(.wake).sends.map(\.renewal) == [.clientCredentials])
        #expect(bench.machine.endedCause == nil)
    }

    @Test("Removed scopes are no longer told of an account that needs no login")
    func sourceScopes() {
        var bench = Bench(
            stored: .example(scope: Scope(["mail", "files", "calendar"]), refreshToken: nil, age: .seconds(3600)),
            source: .clientCredentials
        )
        bench.send(.wake)
        #expect(bench.give(.example()).acts == ["save"])
        #expect(bench.record?.token?.scope == Bench.scope)
    }
}
