import Accounts
import OAuth
import Testing

@Suite("Renewal")
struct RenewalTests {
    @Test("A token is renewed ahead of its end, without anybody asking")
    func aheadOfExpiry() {
        var bench = Bench.fresh()
        #expect(bench.advance(by: .seconds(2399)) == [])
        #expect(bench.advance(by: .seconds(1)) == [.recordIntent(generation: 7), .announce(.state(.refreshing))])
    }

    @Test("First the intent, then the request, then the record, and only then anybody sees the new token")
    func order() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(3590))
        #expect(bench.read().acts == [])
        #expect(bench.recordIntent().acts == ["send"])
        #expect(bench.give(.example("a2", refreshToken: "r2")).acts == ["save"])
        #expect(bench.held == "a1")
        let effects = bench.save()
        #expect(effects.acts == ["publish", "reply"])
        #expect(effects.published()?.text == "a2")
        #expect(effects.answer()?.token == "a2")
        #expect(effects.states == [.fresh])
    }

    @Test("The record holds all of it, as the next generation")
    func record() throws {
        var bench = Bench.inFlight()
        bench.sleep(.seconds(2))
        bench.give(.example("a2", refreshToken: "r2", scope: Scope(["mail"])), took: .seconds(3))
        let record = try #require(bench.record)
        #expect(record.id == Bench.id)
        #expect(record.generation == 8)
        #expect(record.requestedScope == Bench.scope)
        #expect(record.refreshToken == Secret("r2"))
        #expect(record.token?.secret == Secret("a2"))
        #expect(record.token?.scope == Scope(["mail"]))
        #expect(record.token?.obtained == Bench.start.advanced(by: .seconds(2)))
        #expect(record.token?.lifetimeIsAssumed == false)
        #expect(record.subject == "ada")
        #expect(record.lastRefreshAt == Bench.start.advanced(by: .seconds(5)))
        #expect(record.intentAt == nil)
        #expect(record.ended == nil)
    }

    @Test("A refresh token that the issuer does not replace stays in force")
    func notRotated() {
        var bench = Bench.inFlight()
        bench.give(.example())
        #expect(bench.record?.refreshToken == Secret("r1"))
    }

    @Test("What the issuer leaves out is what was asked for, and a lifetime is assumed and said to be so")
    func leftOut() {
        var bench = Bench.inFlight()
        bench.give(.example(lifetime: nil))
        #expect(bench.record?.token?.scope == Bench.scope)
        #expect(bench.record?.token?.lifetime == .seconds(300))
        #expect(bench.record?.token?.lifetimeIsAssumed == true)
    }

    @Test("The next generation is sent with the next refresh token")
    func nextGeneration() {
        var bench = Bench.inFlight()
        bench.give(.example("a2", refreshToken: "r2"))
        bench.save()
        #expect(bench.advance(by: .seconds(2400)).acts == ["record intent"])
        let attempt = Attempt(generation: 8, variant: .standard, renewal: .refreshToken(Secret("r2")))
        #expect(bench.recordIntent().sends == [attempt])
    }

    @Test("The old token is served while the new one is on its way")
    func servedMeanwhile() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(2400))
        #expect(bench.read(1).answer()?.token == "a1")
        bench.recordIntent()
        #expect(bench.read(2).answer()?.token == "a1")
        bench.give(.example())
        #expect(bench.read(3).answer()?.token == "a1")
        bench.save()
        #expect(bench.read(4).answer()?.token == "a2")
    }

    @Test("Nothing is sent when the intent cannot be recorded; it is tried again")
    func intentFails() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(2400))
        let effects = bench.send(.recordFailed(generation: 7, .storeFailed))
        #expect(effects.acts == [])
        #expect(effects.states == [.waiting])
        #expect(bench.read().answer()?.token == "a1")
        #expect(bench.advance(by: .seconds(1)).acts == ["record intent"])
    }

    @Test("The wall clock changes nothing within one boot", arguments: [-86_400, 86_400])
    func wallClock(set: Int) {
        var bench = Bench.fresh()
        bench.setClock(by: .seconds(set))
        #expect(bench.send(.wake) == [])
        #expect(bench.untilWake == .seconds(2400))
        #expect(bench.held == "a1")
    }

    @Test("After a suspension the ended token goes and the next one is asked for")
    func suspension() {
        var bench = Bench.fresh()
        bench.sleep(.seconds(8 * 3600))
        #expect(bench.held == nil)
        #expect(bench.send(.wake).acts == ["withdraw", "record intent"])
    }

    @Test("A lifetime of a second, or of a thousandth, makes no tight loop", arguments: [1000, 1])
    func absurdLifetime(milliseconds: Int) {
        var bench = Bench(source: .clientCredentials)
        var sends = bench.send(.wake).sends.count
        for _ in 0..<100 {
            bench.give(.example(lifetime: .milliseconds(milliseconds)))
            bench.save()
            sends += bench.advance(by: .milliseconds(500)).sends.count
        }
        #expect((40...51).contains(sends))
    }

    @Test("A token that has ended when it arrives is no token, and its refresh token is kept")
    func arrivedEnded() throws {
        var bench = Bench.inFlight()
        bench.read()
        #expect(
            bench.give(.example("a2", refreshToken: "r2", lifetime: .seconds(5)), took: .seconds(6)).acts == ["save"]
        )
        #expect(bench.record?.refreshToken == Secret("r2"))
        #expect(bench.record?.token == nil)
        let effects = bench.save()
        #expect(effects.acts == [])
        #expect(effects.states == [.waiting])
        #expect(bench.machine.lastFailure?.failure.code == "invalid_lifetime")
        bench.advance(by: .seconds(1))
        #expect(bench.recordIntent().sends.map(\.renewal) == [.refreshToken(Secret("r2"))])
    }

    @Test("A lifetime that cannot be used costs nothing but time: the rotated refresh token is saved and used next")
    func unusableLifetime() {
        var bench = Bench.inFlight()
        var failure = Failure(.temporary(.answered), code: Failure.Code.invalidLifetime, detail: "it is negative")
        failure.rotatedRefreshToken = Secret("r2")
        #expect(bench.fail(failure).acts == ["save"])
        #expect(bench.record?.generation == 8)
        #expect(bench.read(wait: .zero).answer() == .refused(.timedOut))
        bench.save()
        #expect(bench.state == .waiting)
        bench.advance(by: .seconds(1))
        #expect(bench.recordIntent().sends.map(\.renewal) == [.refreshToken(Secret("r2"))])
    }

    @Test("The same refresh token beside an unusable answer needs no saving")
    func unusableUnrotated() {
        var bench = Bench.inFlight()
        var failure = Failure(.temporary(.answered), code: Failure.Code.invalidLifetime, detail: "it is negative")
        failure.rotatedRefreshToken = Secret("r1")
        #expect(bench.fail(failure).acts == ["clear intent"])
    }
}
