import Accounts
import OAuth
import Testing

@Suite("The end of a login")
struct EndedTests {
    @Test(
        "A refresh token that is no longer accepted ends the login: durably, with one request, for every reader at once"
    )
    func invalidGrant() throws {
        var bench = Bench.inFlight()
        bench.read(1, wait: .seconds(300))
        bench.read(2, .attempt, wait: .seconds(300))
        let effects = bench.fail(.invalidGrant)
        let cause = EndedCause(reason: .revokedOrExpired, detail: "the session was revoked", at: bench.now)
        #expect(effects.failures == [.invalidGrant])
        #expect(effects.states == [.loginRequired])
        #expect(effects.answer(to: 1) == .refused(.loginRequired(cause)))
        #expect(effects.answer(to: 2) == .refused(.loginRequired(cause)))
        let record = try #require(bench.record)
        #expect(record.ended == cause)
        #expect(record.generation == 8)
        #expect(record.refreshToken == Secret("r1"))
        #expect(!bench.machine.isRefreshable)
        bench.save()
        #expect(bench.advance(by: .seconds(86_400)).acts == [])
    }

    @Test("After an unknown outcome the reason is that the rotation may have been lost on the way")
    func outcomeUnknown() {
        var bench = Bench.inFlight()
        bench.fail(.noAnswer)
        bench.advance(by: .seconds(1))
        bench.recordIntent()
        bench.fail(.unavailable)
        bench.advance(by: .seconds(2))
        bench.recordIntent()
        bench.fail(.invalidGrant)
        #expect(bench.record?.ended?.reason == .rotationOutcomeUnknown)
    }

    @Test("So it is after a start with a pending intent")
    func pendingIntent() {
        var bench = Bench(stored: .example(intentAt: Bench.start))
        bench.send(.wake)
        bench.recordIntent()
        bench.fail(.invalidGrant)
        #expect(bench.record?.ended?.reason == .rotationOutcomeUnknown)
    }

    @Test("A token that still lives is served to its end, short if need be, and no longer renewed")
    func stillServed() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(2400))
        bench.recordIntent()
        let published = bench.fail(.invalidGrant).published()
        #expect(published?.text == "a1")
        #expect(published?.refreshesAt == nil)
        #expect(bench.read(1).answer()?.token == "a1")
        bench.advance(by: .seconds(1190))
        #expect(bench.read(2).answer(to: 2)?.degradation == .short)
        bench.advance(by: .seconds(10))
        #expect(bench.read(3).answer(to: 3)?.refusal != nil)
    }

    @Test("An account with a source of its own starts again from there")
    func source() {
        var bench = Bench.inFlight(source: .clientCredentials)
        bench.read(wait: .seconds(30))
        let effects = bench.fail(.invalidGrant)
        #expect(effects.acts == ["save", "send"])
        #expect(effects.sends.map(\.renewal) == [.clientCredentials])
        #expect(bench.record?.refreshToken == nil)
        #expect(bench.record?.ended == nil)
        bench.save()
        bench.give(.example("a2"))
        #expect(bench.save().answer()?.token == "a2")
    }
}

@Suite("Refused clients")
struct BlockedTests {
    private func blocked() -> Bench {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(2400))
        bench.recordIntent()
        bench.fail(.invalidClient)
        return bench
    }

    @Test(
        "What trying again cannot mend stops all tries",
        arguments: [.invalidClient, .invalidScope] as [Failure]
    )
    func blocks(failure: Failure) {
        var bench = Bench.inFlight()
        bench.read(1, wait: .seconds(300))
        bench.read(2, .attempt, wait: .seconds(300))
        let effects = bench.fail(failure)
        #expect(effects.acts == ["clear intent", "reply", "reply"])
        #expect(effects.answer(to: 1) == .refused(.misconfigured(failure)))
        #expect(effects.answer(to: 2) == .refused(.misconfigured(failure)))
        #expect(effects.states == [.misconfigured])
        #expect(bench.advance(by: .seconds(30 * 86_400)) == [])
        #expect(bench.read(3, .newToken).answer(to: 3) == .refused(.misconfigured(failure)))
    }

    @Test("The token that still lives is served, and is not said to be renewed")
    func stillServed() {
        var bench = blocked()
        let answer = bench.read().answer()
        #expect(answer?.token == "a1")
        #expect(answer?.served?.refreshesAt == nil)
        bench.advance(by: .seconds(1200))
        #expect(bench.read(2).answer(to: 2) == .refused(.misconfigured(.invalidClient)))
    }

    @Test("An attempt that a person asks for is made all the same; if it goes well all is well")
    func attempt() {
        var bench = blocked()
        #expect(bench.read(1, .attempt).acts == [])
        #expect(bench.advance(by: .seconds(1)).acts == ["record intent"])
        #expect(bench.renew(.example()).answer()?.token == "a2")
        #expect(bench.state == .fresh)
        #expect(bench.advance(by: .seconds(2400)).acts == ["record intent"])
    }

    @Test("If it does not, things are as before")
    func attemptFails() {
        var bench = blocked()
        bench.sleep(.seconds(1))
        #expect(bench.read(1, .attempt).acts == ["record intent"])
        bench.recordIntent()
        #expect(bench.fail(.invalidClient).answer() == .refused(.misconfigured(.invalidClient)))
        #expect(bench.state == .misconfigured)
        bench.sleep(.seconds(1))
        bench.read(2, .attempt)
        bench.recordIntent()
        #expect(bench.fail(.notSent).answer(to: 2)?.refusal != nil)
        #expect(bench.state == .misconfigured)
        #expect(bench.advance(by: .seconds(1000)).sends == [])
    }

    @Test("A new configuration lets it try again, at once where the token is due")
    func reconfigured() {
        var bench = blocked()
        bench.sleep(.seconds(10))
        let effects = bench.send(.reconfigured(RefreshPolicy(), source: nil, scope: Bench.scope))
        #expect(effects.acts == ["publish", "record intent"])
        #expect(effects.published()?.refreshesAt != nil)
        #expect(bench.renew(.example()).published()?.text == "a2")
    }

    @Test("A refusal of what the old configuration sent says nothing about the new one")
    func reconfiguredInFlight() {
        var bench = Bench.inFlight()
        bench.send(.reconfigured(RefreshPolicy(), source: nil, scope: Bench.scope))
        bench.fail(.invalidClient)
        #expect(bench.state != .misconfigured)
        #expect(bench.advance(by: .seconds(1)).acts == ["record intent"])
        bench.recordIntent()
        bench.fail(.invalidClient)
        #expect(bench.state == .misconfigured)
    }

    @Test("A login makes everything well")
    func login() {
        var bench = blocked()
        bench.send(.loggedIn(.example("b1", refreshToken: "s1"), scope: Bench.scope, sentAt: bench.now))
        #expect(bench.save().published()?.text == "b1")
        #expect(bench.state == .fresh)
    }

    @Test("Without a refresh token at stake the end of a grant is a matter of the configuration")
    func sourceRefused() {
        var bench = Bench(source: .clientCredentials)
        bench.send(.wake)
        #expect(bench.fail(.invalidGrant).states == [.misconfigured])
        #expect(bench.advance(by: .seconds(86_400)) == [])
    }
}
