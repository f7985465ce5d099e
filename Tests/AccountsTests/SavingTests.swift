import Accounts
import OAuth
import Testing

@Suite("A store that cannot be written")
struct SavingTests {
    /// An account with token `a2` and refresh token `r2` in memory only.
    private func unsaved(reading: Bool = false) -> Bench {
        var bench = Bench.inFlight()
        if reading { bench.read() }
        bench.give(.example("a2", refreshToken: "r2"))
        return bench
    }

    @Test("The new token is served all the same, and said to be unsaved")
    func unsavedToken() {
        var bench = unsaved(reading: true)
        let effects = bench.failSave()
        #expect(effects.acts == ["publish", "reply"])
        #expect(effects.published()?.text == "a2")
        #expect(effects.published()?.degradation == .unsaved)
        #expect(effects.answer()?.degradation == .unsaved)
        #expect(effects.failures == [.storeFailed])
        #expect(bench.machine.lastFailure?.failure == .storeFailed)
        #expect(bench.machine.isBusy)
    }

    @Test("Who wants an attempt is told at once that there can be none")
    func attempt() {
        var bench = unsaved()
        bench.failSave()
        bench.advance(by: .seconds(1))
        bench.failSave()
        let retryAt = bench.now.advanced(by: .seconds(2))
        #expect(
            bench.read(1, .attempt, wait: .seconds(300)).answer(to: 1)
                == .refused(.unavailable(.storeFailed, retryAt: retryAt))
        )
    }

    @Test("It is written again until it can be, and then it is an ordinary token")
    func retried() {
        var bench = unsaved()
        bench.failSave()
        for pause in [1, 2, 4, 8, 16, 32, 48, 48] {
            let effects = bench.advance(by: .seconds(pause))
            #expect(effects.acts == ["save"])
            #expect(bench.record?.generation == 8)
            #expect(bench.record?.refreshToken == Secret("r2"))
            #expect(bench.record?.token?.secret == Secret("a2"))
            #expect(bench.failSave() == [])
        }
        bench.advance(by: .seconds(48))
        let effects = bench.save()
        #expect(effects.acts == ["publish"])
        #expect(effects.published()?.degradation == nil)
        #expect(bench.machine.lastFailure == nil)
        #expect(!bench.machine.isBusy)
    }

    @Test("No refresh is made meanwhile: a refresh token that is not on the disk is not used")
    func noRefresh() {
        var bench = unsaved()
        bench.failSave()
        for _ in 0..<200 {
            #expect(!bench.advance(by: .seconds(20)).acts.contains("record intent"))
            bench.failSave()
        }
        #expect(bench.held == nil)
        #expect(bench.read(1, wait: .seconds(20)).answer()?.refusal != nil)
        bench.advance(by: .seconds(60))
        #expect(bench.save().acts == ["record intent"])
        #expect(bench.recordIntent().sends.map(\.renewal) == [.refreshToken(Secret("r2"))])
    }

    @Test("A reader stays through a write that falls inside its wait, else is told what is wrong")
    func parked() {
        var bench = unsaved()
        bench.failSave()
        bench.advance(by: .milliseconds(500))
        let retryAt = bench.now.advanced(by: .milliseconds(500))
        #expect(
            bench.read(1, .newToken, wait: .milliseconds(400)).answer()
                == .refused(.unavailable(.storeFailed, retryAt: retryAt))
        )
        #expect(bench.read(2, .newToken, wait: .seconds(10)).acts == [])
        #expect(bench.advance(by: .milliseconds(500)).acts == ["save"])
        #expect(bench.save().acts == ["publish", "record intent"])
        #expect(bench.renew(.example("a3")).answer(to: 2)?.token == "a3")
    }

    @Test("An account that has a source may go on without the store")
    func source() {
        var bench = Bench(source: .clientCredentials)
        bench.send(.wake)
        bench.give(.example("a1", lifetime: .seconds(30)))
        bench.failSave()
        #expect(bench.advance(by: .seconds(20)).sends.count == 1)
        bench.give(.example("a2"))
        #expect(bench.failSave().published()?.text == "a2")
    }

    @Test("A write for an earlier generation says nothing about this one")
    func staleAnswers() {
        var bench = unsaved()
        #expect(bench.send(.saved(generation: 7)) == [])
        #expect(bench.send(.saveFailed(generation: 7, .storeFailed)) == [])
        #expect(bench.state == .refreshing)
        bench.save()
        #expect(bench.save() == [])
        #expect(bench.state == .fresh)
    }

    @Test("What comes while an earlier record is unsaved is written once, as it now is")
    func overtaken() {
        var bench = unsaved()
        bench.failSave()
        bench.send(.loggedIn(.example("b1", refreshToken: "s1"), scope: Bench.scope, sentAt: bench.now))
        #expect(bench.record?.token?.secret == Secret("b1"))
        #expect(bench.advance(by: .seconds(100)).acts == [])
        #expect(bench.save().published()?.degradation == nil)
    }

    @Test("The end of a login is written again as well")
    func endedUnsaved() {
        var bench = Bench.inFlight()
        bench.fail(.invalidGrant)
        bench.failSave()
        #expect(bench.advance(by: .seconds(1)).acts == ["save"])
        #expect(bench.record?.ended?.reason == .revokedOrExpired)
        #expect(bench.save() == [])
    }
}
