import Accounts
import OAuth
import Testing

@Suite("Readers")
struct ReaderTests {
    @Test("Two hundred readers of an ended token cause one request, and all get the same token")
    func singleFlight() {
        var bench = Bench(stored: .example(age: .seconds(4000)))
        var effects: [Effect] = []
        for id in 1...200 { effects += bench.read(Waiter.ID(id)) }
        effects += bench.renew(.example("a2", refreshToken: "r2"))
        #expect(effects.sends.count == 1)
        #expect(effects.replies.map(\.waiter) == Array(1...200))
        #expect(Set(effects.replies.map(\.answer.token)) == ["a2"])
        #expect(Set(effects.replies.map(\.answer.degradation)) == [nil])
        #expect(bench.advance(by: .seconds(300)) == [])
    }

    @Test("A reader who has gone is not answered, and the request goes on")
    func abandoned() {
        var bench = Bench.inFlight()
        bench.read(1)
        bench.read(2)
        #expect(bench.send(.abandoned(1)) == [])
        #expect(bench.give(.example()).acts == ["save"])
        #expect(bench.save().replies.map(\.waiter) == [2])
    }

    @Test("With less than the least life left a reader waits for the next token")
    func waitsForBetter() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(2400))
        bench.sleep(.seconds(1140))
        #expect(bench.read(1).answer()?.degradation == nil)
        bench.sleep(.seconds(1))
        #expect(bench.read(2).acts == [])
        #expect(bench.renew(.example()).answer(to: 2)?.token == "a2")
    }

    @Test("The quarter cap is for readers who do not say")
    func quarterCap() {
        var bench = Bench(stored: .example(age: .seconds(80), lifetime: .seconds(120)))
        bench.send(.wake)
        #expect(bench.read(1).answer()?.token == "a1")
        #expect(bench.read(2, minValid: .seconds(60)).answer() == nil)
        #expect(bench.renew(.example()).answer(to: 2)?.token == "a2")
    }

    @Test("A reader who asks for more than there is gets a new token, and that one short, since there is none better")
    func asksForMore() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(1000))
        #expect(bench.read(minValid: .seconds(3601)).acts == ["record intent"])
        let answer = bench.renew(.example()).answer()
        #expect(answer?.token == "a2")
        #expect(answer?.degradation == .short)
    }

    @Test("A young token is the best there is and goes out at once, however much is asked for")
    func youngToken() {
        var bench = Bench.fresh()
        bench.sleep(.seconds(359))
        let answer = bench.read(1, minValid: .seconds(86_400)).answer()
        #expect(answer?.token == "a1")
        #expect(answer?.degradation == .short)
        bench.sleep(.seconds(1))
        #expect(bench.read(2, minValid: .seconds(86_400)).acts == ["record intent"])
    }

    @Test("A wait of nothing never waits: the request is started and the reader told that it was too late")
    func waitZero() {
        var bench = Bench(stored: .example(age: .seconds(4000)))
        #expect(bench.read(wait: .zero).acts == ["record intent", "reply"])
        #expect(bench.renew(.example()).acts == ["send", "save", "publish"])
        #expect(bench.read(2, wait: .zero).answer()?.token == "a2")
    }

    @Test("A wait of nothing gets a short token rather than none")
    func waitZeroShort() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(3590))
        let answer = bench.read(wait: .zero).answer()
        #expect(answer?.token == "a1")
        #expect(answer?.degradation == .short)
    }

    @Test("When its patience ends during the attempt a reader gets what still lives, else that it was too late")
    func deadlineInFlight() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(3560))
        bench.read(1, wait: .seconds(30))
        bench.read(2, wait: .seconds(40))
        #expect(bench.untilWake == .seconds(30))
        let short = bench.advance(by: .seconds(39)).answer(to: 1)
        #expect(short?.token == "a1")
        #expect(short?.degradation == .short)
        #expect(bench.advance(by: .seconds(1)).answer(to: 2) == .refused(.timedOut))
    }

    @Test("A parked reader stays through the retries that fall inside its wait")
    func staysThroughRetries() {
        var bench = Bench.inFlight()
        bench.read(wait: .seconds(30))
        for pause in [1, 2, 4, 8] {
            #expect(bench.fail(.unavailable).replies.isEmpty)
            #expect(bench.advance(by: .seconds(pause)).acts == ["record intent"])
            bench.recordIntent()
        }
        #expect(bench.give(.example()).acts == ["save"])
        #expect(bench.save().answer()?.token == "a2")
    }

    @Test("When the next try falls later than its deadline a reader is told at once, with the time of that try")
    func failsFast() {
        var bench = Bench.inFlight()
        bench.read(1, wait: .seconds(5))
        bench.read(2, wait: .seconds(15))
        let effects = bench.fail(.tooMany(retryAfter: .seconds(10)))
        let retryAt = bench.now.advanced(by: .seconds(10))
        #expect(effects.replies.map(\.waiter) == [1])
        #expect(
            effects.answer(to: 1) == .refused(.unavailable(.tooMany(retryAfter: .seconds(10)), retryAt: retryAt))
        )
        #expect(bench.machine.nextTryAt == retryAt)
        #expect(bench.read(3, wait: .seconds(9)).answer()?.refusal != nil)
    }

    @Test("A reader who would be told of a failure gets what still lives instead")
    func shortInsteadOfFailure() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(3590))
        bench.recordIntent()
        bench.read(wait: .seconds(5))
        let answer = bench.fail(.tooMany(retryAfter: .seconds(60))).answer()
        #expect(answer?.token == "a1")
        #expect(answer?.degradation == .short)
    }

    @Test("An answer that cannot be used is told as what it is")
    func unusableAnswer() {
        var bench = Bench.inFlight()
        bench.read(wait: .milliseconds(500))
        let answer = bench.fail(.webPage).answer()
        #expect(answer == .refused(.unusableAnswer(.webPage, retryAt: bench.now.advanced(by: .seconds(1)))))
    }

    @Test("What the issuer's policy denies is told as what it is")
    func denied() {
        var bench = Bench.inFlight()
        bench.read(wait: .milliseconds(500))
        #expect(bench.fail(.accessDenied).answer() == .refused(.denied(.accessDenied)))
        #expect(bench.state == .waiting)
    }

    @Test("Readers of a retired login are told that it is gone")
    func gone() {
        var bench = Bench.inFlight()
        bench.read(1)
        #expect(bench.send(.retired).answer(to: 1) == .refused(.gone))
        #expect(bench.read(2).answer(to: 2) == .refused(.gone))
    }
}

@Suite("Retries")
struct RetryTests {
    @Test("An unknown outcome is tried again soon, with the same refresh token of the same generation")
    func unknownOutcome() {
        var bench = Bench.inFlight()
        for pause in [1, 5, 15, 24, 24] {
            let effects = bench.fail(.noAnswer)
            #expect(effects.acts == [])
            #expect(bench.machine.nextTryAt == bench.now.advanced(by: .seconds(pause)))
            #expect(bench.advance(by: .seconds(pause)).acts == ["record intent"])
            let attempt = Attempt(generation: 7, variant: .standard, renewal: .refreshToken(Secret("r1")))
            #expect(bench.recordIntent().sends == [attempt])
        }
    }

    @Test("It is tried again soon even where nobody needs a new token, and though the configuration is read anew")
    func unknownThoughFresh() {
        var bench = Bench.fresh()
        bench.read(1, .attempt)
        bench.recordIntent()
        #expect(bench.fail(.noAnswer).answer()?.refusal != nil)
        #expect(bench.read(2).answer()?.token == "a1")
        bench.sleep(.milliseconds(999))
        #expect(bench.send(.wake).acts == [])
        #expect(bench.advance(by: .milliseconds(1)).acts == ["record intent"])
        bench.recordIntent()
        bench.fail(.noAnswer)
        bench.sleep(.seconds(2))
        #expect(bench.send(.reconfigured(RefreshPolicy(), source: nil, scope: Bench.scope)).acts == ["record intent"])
    }

    @Test("Failures of one kind do not make the first unknown outcome wait longer")
    func countedApart() {
        var bench = Bench.inFlight()
        for pause in [1, 2, 4] {
            bench.fail(.notSent)
            bench.advance(by: .seconds(pause))
            bench.recordIntent()
        }
        bench.fail(.noAnswer)
        #expect(bench.untilWake == .seconds(1))
        bench.advance(by: .seconds(1))
        bench.recordIntent()
        bench.fail(.notSent)
        #expect(bench.untilWake == .seconds(8))
    }

    @Test("A known outcome clears the intent, but not while an earlier one is unknown")
    func clearsIntent() {
        var bench = Bench.inFlight()
        #expect(bench.fail(.notSent).acts == ["clear intent"])
        bench.advance(by: .seconds(1))
        bench.recordIntent()
        #expect(bench.fail(.noAnswer).acts == [])
        bench.advance(by: .seconds(1))
        bench.recordIntent()
        #expect(bench.fail(.unavailable).acts == [])
    }

    @Test("After a success the count begins anew")
    func countBeginsAnew() {
        var bench = Bench.inFlight()
        bench.fail(.unavailable)
        bench.advance(by: .seconds(1))
        bench.recordIntent()
        bench.fail(.unavailable)
        bench.advance(by: .seconds(2))
        bench.renew(.example())
        #expect(bench.machine.lastFailure == nil)
        bench.advance(by: .seconds(2400))
        bench.recordIntent()
        bench.fail(.unavailable)
        #expect(bench.machine.nextTryAt == bench.now.advanced(by: .seconds(1)))
    }

    @Test("Readers bring a try forward that was not sent, five seconds after the last one at the earliest")
    func broughtForward() {
        var bench = Bench.inFlight()
        for pause in [1, 2, 4, 8, 16] {
            bench.fail(.notSent)
            bench.advance(by: .seconds(pause))
            bench.recordIntent()
        }
        bench.fail(.notSent)
        #expect(bench.machine.nextTryAt == bench.now.advanced(by: .seconds(32)))
        #expect(bench.read(1, wait: .seconds(10)).acts == [])
        #expect(bench.untilWake == .seconds(5))
        #expect(bench.advance(by: .milliseconds(4999)).acts == [])
        #expect(bench.advance(by: .milliseconds(1)).acts == ["record intent"])
    }

    @Test("Who cannot wait for that is told so")
    func notBroughtForwardInTime() {
        var bench = Bench.inFlight()
        for pause in [1, 2, 4, 8, 16] {
            bench.fail(.notSent)
            bench.advance(by: .seconds(pause))
            bench.recordIntent()
        }
        bench.fail(.notSent)
        let answer = bench.read(wait: .seconds(4)).answer()
        #expect(answer == .refused(.unavailable(.notSent, retryAt: bench.now.advanced(by: .seconds(32)))))
    }

    @Test("Nobody brings a try forward that the issuer has put off, not even by force")
    func retryAfter() {
        var bench = Bench.inFlight()
        bench.fail(.tooMany(retryAfter: .seconds(120)))
        bench.read(1, wait: .seconds(300))
        bench.read(2, .newToken, wait: .seconds(300))
        #expect(bench.read(3, .attempt, wait: .seconds(60)).answer(to: 3)?.refusal != nil)
        #expect(bench.advance(by: .milliseconds(119_999)).acts == [])
        #expect(bench.advance(by: .milliseconds(1)).acts == ["record intent"])
    }

    @Test("Readers do not bring a try forward that the issuer has answered")
    func answeredIsNotBroughtForward() {
        var bench = Bench.inFlight()
        for pause in [1, 2, 4] {
            bench.fail(.unavailable)
            bench.advance(by: .seconds(pause))
            bench.recordIntent()
        }
        bench.fail(.unavailable)
        bench.read(wait: .seconds(300))
        #expect(bench.advance(by: .milliseconds(7999)).acts == [])
        #expect(bench.advance(by: .milliseconds(1)).acts == ["record intent"])
    }

    @Test("When the time has come and nothing is due any more, the account is fresh again")
    func nothingDue() {
        var bench = Bench.fresh()
        bench.read(1, .attempt)
        bench.recordIntent()
        #expect(bench.fail(.unavailable).states == [.waiting])
        let effects = bench.advance(by: .seconds(1))
        #expect(effects.acts == [])
        #expect(effects.states == [.fresh])
    }
}
