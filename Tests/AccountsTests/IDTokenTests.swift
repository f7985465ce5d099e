import Accounts
import OAuth
import Testing

@Suite("Id tokens")
struct IDTokenTests {
    private func idToken(_ text: String, lifetime: Duration = .seconds(300)) -> IDToken {
        IDToken(token: Secret(text), lifetime: lifetime, subject: "ada")
    }

    private func fresh(idTokenLifetime: Duration = .seconds(300)) -> Bench {
        var bench = Bench(stored: .example(idToken: "i1", idTokenLifetime: idTokenLifetime))
        bench.send(.wake)
        return bench
    }

    @Test("It is not held ready before the first reader has come, then it is")
    func firstReader() {
        var bench = Bench(stored: .example(idToken: "i1"))
        #expect(bench.send(.wake).published(.idToken) == nil)
        let effects = bench.read(kind: .idToken)
        #expect(effects.acts == ["publish", "reply"])
        #expect(effects.published(.idToken)?.text == "i1")
        #expect(effects.answer()?.token == "i1")
    }

    @Test("Its end is its own, and its margin counts once it has been read")
    func margin() {
        var unread = fresh()
        #expect(unread.untilWake == .seconds(300))
        #expect(unread.advance(by: .seconds(2399)).acts == [])
        var read = fresh()
        read.read(kind: .idToken)
        #expect(read.untilWake == .seconds(200))
        #expect(read.advance(by: .seconds(200)).acts == ["record intent"])
        let effects = read.renew(.example(idToken: idToken("i2")))
        #expect(effects.published(.idToken)?.text == "i2")
        #expect(read.untilWake == .seconds(200))
        #expect(read.record?.idToken?.lifetime == .seconds(300))
    }

    @Test("One that has ended is asked for anew")
    func ended() {
        var bench = fresh()
        bench.advance(by: .seconds(300))
        #expect(bench.read(kind: .idToken).acts == ["record intent"])
        let effects = bench.renew(.example(idToken: idToken("i2")))
        #expect(effects.answer()?.token == "i2")
        #expect(effects.acts == ["send", "save", "publish", "publish", "reply"])
    }

    @Test("Where a refresh brings none the old one is served to its end, and afterwards the issuer is to blame")
    func notRenewed() {
        var bench = fresh()
        bench.read(1, kind: .idToken)
        bench.advance(by: .seconds(200))
        bench.renew(.example())
        #expect(bench.record?.idToken?.secret == Secret("i1"))
        #expect(bench.advance(by: .seconds(90)).acts == [])
        #expect(bench.read(2, kind: .idToken).answer(to: 2)?.degradation == .short)
        #expect(bench.advance(by: .seconds(10)).acts == ["withdraw"])
        let effects = bench.read(3, kind: .idToken)
        #expect(effects.acts == ["reply"])
        guard case .unusableAnswer(let failure, nil) = effects.answer(to: 3)?.refusal else {
            Issue.record("an unusable answer was expected, not \(effects)")
            return
        }
        #expect(failure.code == "no_id_token")
    }

    @Test("An account that never had one says so at once, and to who forces it after one attempt")
    func none() {
        var bench = Bench.fresh()
        #expect(bench.read(1, kind: .idToken).acts == ["reply"])
        #expect(bench.read(2, .newToken, kind: .idToken).acts == ["record intent"])
        bench.recordIntent()
        bench.give(.example())
        let effects = bench.save()
        #expect(effects.answer(to: 2)?.refusal != nil)
        #expect(bench.advance(by: .seconds(10)) == [])
    }

    @Test("One that has ended when it comes is as good as none, and makes no loop")
    func arrivedEnded() {
        var bench = fresh()
        bench.advance(by: .seconds(300))
        bench.read(kind: .idToken)
        bench.recordIntent()
        bench.give(.example(idToken: idToken("i2", lifetime: .seconds(2))), took: .seconds(3))
        let effects = bench.save()
        #expect(effects.acts == ["publish", "reply"])
        #expect(effects.answer()?.refusal != nil)
        #expect(bench.record?.idToken == nil)
    }

    @Test("It comes with the account's own token, whatever scope is asked for beside")
    func variant() {
        var bench = fresh()
        let narrow = TokenVariant(scope: Scope(["mail"]))
        #expect(bench.read(1, kind: .idToken, variant: narrow).answer()?.token == "i1")
        bench.advance(by: .seconds(2400))
        bench.read(2, kind: .idToken, variant: narrow)
        #expect(bench.recordIntent().sends.map(\.variant) == [.standard])
    }

    @Test("A login without one leaves none of the old login's behind")
    func login() {
        var bench = fresh()
        bench.read(1, kind: .idToken)
        bench.send(.loggedIn(.example("b1", refreshToken: "s1"), scope: Bench.scope, sentAt: bench.now))
        #expect(bench.record?.idToken == nil)
        #expect(bench.record?.subject == nil)
        #expect(bench.save().contains(.withdraw(.idToken)))
        #expect(bench.read(2, kind: .idToken).answer(to: 2)?.refusal != nil)
    }

    @Test("Its subject is the account's")
    func subject() {
        var bench = Bench.inFlight()
        bench.give(.example(idToken: IDToken(token: Secret("i2"), lifetime: .seconds(300), subject: "grace")))
        #expect(bench.machine.subject == "grace")
        #expect(bench.record?.subject == "grace")
    }
}
