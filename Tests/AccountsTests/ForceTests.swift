import Accounts
import OAuth
import Testing

@Suite("Forced refreshes")
struct ForceTests {
    @Test(
        "A forced read waits for a new token, though the one held is good",
        arguments: [.newToken, .attempt] as [Waiter.Want]
    )
    func forced(want: Waiter.Want) {
        var bench = Bench.fresh()
        #expect(bench.read(1, want).acts == ["record intent"])
        #expect(bench.renew(.example()).answer()?.token == "a2")
    }

    @Test("Forced attempts are a second apart: the next one waits")
    func secondApart() {
        var bench = Bench.fresh()
        bench.read(1, .newToken)
        bench.renew(.example("a2"))
        bench.sleep(.milliseconds(400))
        #expect(bench.read(2, .attempt).acts == [])
        #expect(bench.untilWake == .milliseconds(600))
        #expect(bench.advance(by: .milliseconds(599)).acts == [])
        #expect(bench.advance(by: .milliseconds(1)).acts == ["record intent"])
        #expect(bench.renew(.example("a3")).answer(to: 2)?.token == "a3")
    }

    @Test("Who forces while an attempt is under way joins it")
    func joined() {
        var bench = Bench.fresh()
        bench.read(1, .attempt)
        bench.recordIntent()
        #expect(bench.read(2, .attempt).acts == [])
        #expect(bench.read(3, .newToken).acts == [])
        bench.give(.example())
        #expect(bench.save().replies.map(\.waiter) == [1, 2, 3])
        #expect(bench.advance(by: .seconds(10)) == [])
    }

    @Test("One attempt is one attempt: its failure is told at once")
    func attemptFails() {
        var bench = Bench.fresh()
        bench.read(1, .attempt, wait: .seconds(300))
        bench.recordIntent()
        let retryAt = bench.now.advanced(by: .seconds(1))
        #expect(bench.fail(.unavailable).answer() == .refused(.unavailable(.unavailable, retryAt: retryAt)))
    }

    @Test("A forced read whose attempt failed waits for the next try like any other reader")
    func forcedReadAfterFailure() {
        var bench = Bench.inFlight()
        for pause in [1, 2, 4] {
            bench.fail(.unavailable)
            bench.advance(by: .seconds(pause))
            bench.recordIntent()
        }
        bench.read(1, .newToken, wait: .seconds(60))
        #expect(bench.fail(.unavailable).acts == ["clear intent"])
        #expect(bench.advance(by: .milliseconds(7999)).acts == [])
        #expect(bench.advance(by: .milliseconds(1)).acts == ["record intent"])
    }

    @Test("A person's attempt does not wait for our own pause, only for the second that lies between two")
    func bringsForward() {
        var bench = Bench.inFlight()
        for pause in [1, 2, 4] {
            bench.fail(.unavailable)
            bench.advance(by: .seconds(pause))
            bench.recordIntent()
        }
        bench.fail(.unavailable)
        #expect(bench.read(1, .attempt).acts == [])
        #expect(bench.untilWake == .seconds(1))
        #expect(bench.advance(by: .seconds(1)).acts == ["record intent"])
    }

    @Test("An account without a login refuses to be forced", arguments: [.newToken, .attempt] as [Waiter.Want])
    func noLogin(want: Waiter.Want) {
        var bench = Bench()
        #expect(bench.read(1, want).answer() == .refused(.loginRequired(nil)))
    }

    @Test(
        "A token that cannot be renewed is not handed out for a new one",
        arguments: [.newToken, .attempt] as [Waiter.Want]
    )
    func notRefreshable(want: Waiter.Want) {
        var bench = Bench(stored: .example(refreshToken: nil))
        #expect(bench.read(1, want).answer() == .refused(.loginRequired(nil)))
        #expect(bench.read(2).answer(to: 2)?.token == "a1")
    }
}
