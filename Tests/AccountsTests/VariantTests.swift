import Accounts
import OAuth
import Testing

@Suite("Narrowed tokens")
struct VariantTests {
    private let mail = TokenVariant(scope: Scope(["mail"]))
    private let files = TokenVariant(scope: Scope(["files"]))

    private func numbered(_ number: Int) -> TokenVariant { TokenVariant(audience: ["api\(number)"]) }

    @Test("A narrowed token is asked for with its own scope, and kept beside the account's own")
    func narrowed() {
        var bench = Bench.fresh()
        #expect(bench.read(variant: mail).acts == ["record intent"])
        #expect(bench.recordIntent().sends.map(\.variant) == [mail])
        let effects = bench.give(.example("m1"))
        #expect(effects.acts == ["clear intent", "reply"])
        #expect(effects.answer()?.token == "m1")
        #expect(effects.answer()?.served?.token.scope == Scope(["mail"]))
        #expect(bench.held == "a1")
        #expect(bench.read(2, variant: mail).answer(to: 2)?.token == "m1")
        #expect(bench.machine.generation == 7)
    }

    @Test("Sets are compared without order")
    func order() {
        var bench = Bench.fresh()
        bench.read(1, variant: TokenVariant(scope: Scope(["mail", "files"]), audience: ["x", "y"]))
        bench.recordIntent()
        bench.give(.example("m1"))
        let same = TokenVariant(scope: Scope(["files", "mail"]), audience: ["y", "x"])
        #expect(bench.read(2, variant: same).answer(to: 2)?.token == "m1")
    }

    @Test("A refresh token that rotates on the way is made durable before the narrowed token is seen")
    func rotated() throws {
        var bench = Bench.fresh()
        bench.read(variant: mail)
        bench.recordIntent()
        #expect(bench.give(.example("m1", refreshToken: "r2")).acts == ["save"])
        let record = try #require(bench.record)
        #expect(record.refreshToken == Secret("r2"))
        #expect(record.token?.secret == Secret("a1"))
        #expect(record.lastRefreshAt == Bench.start)
        #expect(bench.save().acts == ["reply"])
    }

    @Test("Narrowed tokens queue behind the one flight")
    func queue() {
        var bench = Bench.fresh()
        bench.read(1, variant: mail)
        #expect(bench.read(2, variant: files).acts == [])
        bench.recordIntent()
        let effects = bench.give(.example("m1"))
        #expect(effects.acts == ["clear intent", "reply", "record intent"])
        #expect(bench.recordIntent().sends.map(\.variant) == [files])
        #expect(bench.give(.example("f1")).answer(to: 2)?.token == "f1")
    }

    @Test("Each has its own end")
    func ownExpiry() {
        var bench = Bench.fresh()
        bench.read(1, variant: mail)
        bench.recordIntent()
        bench.give(.example("m1", lifetime: .seconds(120)))
        bench.sleep(.seconds(120))
        #expect(bench.read(2).answer(to: 2)?.token == "a1")
        #expect(bench.read(3, variant: mail).acts == ["record intent"])
    }

    @Test("A narrowed token is renewed ahead only if somebody has read it since the last time")
    func aheadWhileRead() {
        var bench = Bench.fresh()
        bench.read(1, variant: mail)
        bench.recordIntent()
        bench.give(.example("m1", lifetime: .seconds(300)))
        bench.sleep(.seconds(60))
        bench.read(2, variant: mail)
        #expect(bench.advance(by: .seconds(140)).acts == ["record intent"])
        #expect(bench.recordIntent().sends.map(\.variant) == [mail])
        bench.give(.example("m2", lifetime: .seconds(300)))
        #expect(bench.advance(by: .seconds(1000)).acts == [])
    }

    @Test(
        "A refusal touches that token alone, and is the issuer's word to all who ask within a minute",
        arguments: [
            (.invalidScope, .variantRefused(.invalidScope)), (.accessDenied, .denied(.accessDenied)),
            (.invalidRequest, .misconfigured(.invalidRequest)),
        ] as [(Failure, Refusal)]
    )
    func refused(failure: Failure, refusal: Refusal) {
        var bench = Bench.fresh()
        bench.read(1, variant: mail)
        bench.read(2, .newToken, variant: mail)
        bench.recordIntent()
        let effects = bench.fail(failure)
        #expect(effects.answer(to: 1) == .refused(refusal))
        #expect(effects.answer(to: 2) == .refused(refusal))
        #expect(effects.failures == [failure])
        #expect(bench.state == .fresh)
        #expect(bench.machine.lastFailure == nil)
        #expect(bench.read(3).answer(to: 3)?.token == "a1")
        #expect(bench.read(4, variant: mail).acts == ["reply"])
        bench.sleep(.seconds(60))
        #expect(bench.read(5, variant: mail).acts == ["record intent"])
    }

    @Test("One that is refused later is served while it lives, and not asked for again and again")
    func refusedLater() {
        var bench = Bench.fresh()
        bench.read(1, variant: mail)
        bench.recordIntent()
        bench.give(.example("m1", lifetime: .seconds(300)))
        bench.read(2, variant: mail)
        bench.advance(by: .seconds(200))
        bench.recordIntent()
        bench.fail(.invalidScope)
        #expect(bench.read(3, variant: mail).answer(to: 3)?.token == "m1")
        #expect(bench.advance(by: .seconds(59)).acts == [])
        let answer = bench.read(4, variant: mail, minValid: .seconds(200)).answer(to: 4)
        #expect(answer?.token == "m1")
        #expect(answer?.degradation == .short)
    }

    @Test("Those that fail go to the end of the line, and the account's own token comes first")
    func noStarving() {
        var bench = Bench.fresh()
        bench.read(1, variant: mail, wait: .seconds(600))
        bench.recordIntent()
        bench.read(2, variant: files, wait: .seconds(600))
        bench.fail(.unavailable)
        bench.advance(by: .seconds(1))
        #expect(bench.recordIntent().sends.map(\.variant) == [files])
        bench.fail(.unavailable)
        bench.sleep(.seconds(400))
        bench.read(3, minValid: .seconds(3700))
        #expect(bench.recordIntent().sends.map(\.variant) == [.standard])
        bench.give(.example())
        bench.save()
        #expect(bench.recordIntent().sends.map(\.variant) == [mail])
    }

    @Test("One that nobody ever hears of again costs a bounded number of requests, while the others go on")
    func boundedTries() {
        var bench = Bench.fresh()
        bench.read(1, variant: mail, wait: .seconds(300))
        var sends: [Int] = []
        for _ in 0..<4 {
            var count = 0
            let end = bench.now.advanced(by: .seconds(60))
            while !bench.now.hasReached(end), count < 100 {
                guard let attempt = bench.recordIntent().sends.first else {
                    bench.advance(by: .seconds(1))
                    continue
                }
                count += 1
                if attempt.variant == .standard {
                    bench.give(.example())
                    bench.save()
                } else {
                    bench.fail(.noAnswer)
                }
            }
            sends.append(count)
        }
        #expect(sends[0] <= 10)
        #expect(sends.dropFirst().allSatisfy { $0 <= 6 })
        #expect(bench.state != .loginRequired)
    }

    @Test("An account keeps 32; another takes the place of one that nobody reads, or is refused")
    func limit() {
        var bench = Bench.fresh()
        var id: Waiter.ID = 0
        for number in 1...32 {
            id += 1
            bench.read(id, variant: numbered(number))
            bench.recordIntent()
            bench.give(.example("v\(number)"))
        }
        for number in 1...31 {
            id += 1
            #expect(bench.read(id, variant: numbered(number)).answer(to: id)?.token == "v\(number)")
        }
        #expect(bench.read(100, variant: numbered(33)).acts == ["record intent"])
        bench.recordIntent()
        #expect(bench.give(.example("v33")).answer(to: 100)?.token == "v33")
        bench.read(101, variant: numbered(33))
        #expect(bench.read(102, variant: numbered(34)).answer(to: 102) == .refused(.tooManyVariants(limit: 32)))
        #expect(bench.read(103, variant: numbered(32)).answer(to: 103) == .refused(.tooManyVariants(limit: 32)))
        #expect(bench.read(104).answer(to: 104)?.token == "a1")
    }

    @Test("They end with their login")
    func login() {
        var bench = Bench.fresh()
        bench.read(1, variant: mail)
        bench.recordIntent()
        bench.give(.example("m1"))
        bench.send(.loggedIn(.example("b1", refreshToken: "s1"), scope: Bench.scope, sentAt: bench.now))
        bench.save()
        #expect(bench.read(2, variant: mail).acts == ["record intent"])
        #expect(bench.recordIntent().sends.map(\.renewal) == [.refreshToken(Secret("s1"))])
    }
}
