import Accounts
import OAuth
import Testing

@Suite("Logins")
struct LoginTests {
    @Test("The first login makes an account of it, once it is durable")
    func first() throws {
        var bench = Bench()
        bench.send(.wake)
        #expect(bench.send(.loginBegan).states == [.loginPending])
        let login = TokenSet.example(
            "b1",
            refreshToken: "s1",
            idToken: IDToken(token: Secret("i1"), lifetime: .seconds(60))
        )
        #expect(bench.send(.loggedIn(login, scope: Bench.scope, sentAt: bench.now)).acts == ["save"])
        #expect(bench.read().acts == [])
        let effects = bench.save()
        #expect(effects.acts == ["publish", "reply"])
        #expect(effects.logins == [true])
        #expect(effects.answer()?.token == "b1")
        #expect(effects.states == [.fresh])
        #expect(bench.send(.loginEnded).states == [])
        let record = try #require(bench.record)
        #expect(record.refreshToken == Secret("s1"))
        #expect(record.idToken?.secret == Secret("i1"))
        #expect(bench.untilWake == .seconds(60))
    }

    @Test("A login that brings a refresh token and nothing usable beside it is kept, told, and soon renewed")
    func refreshTokenOnly() {
        var bench = Bench()
        bench.send(.wake)
        bench.send(.loginBegan)
        let failure = Failure(
            .temporary(.answered),
            code: Failure.Code.invalidLifetime,
            detail: "expires_in is zero",
            rotatedRefreshToken: Secret("s1")
        )
        #expect(bench.send(.loggedInWithoutToken(failure, scope: Bench.scope)).acts == ["save"])
        #expect(bench.record?.refreshToken == Secret("s1"))
        let effects = bench.save()
        #expect(effects.logins == [true])
        #expect(effects.states == [.waiting])
        #expect(bench.advance(by: .seconds(1)).acts == ["record intent"])
        #expect(bench.recordIntent().sends.map(\.renewal) == [.refreshToken(Secret("s1"))])
    }

    @Test("A login that ends without tokens changes nothing")
    func failed() {
        var bench = Bench.fresh()
        #expect(bench.send(.loginBegan).states == [.loginPending])
        #expect(bench.read().answer()?.token == "a1")
        #expect(bench.send(.loginEnded).states == [.fresh])
        #expect(bench.untilWake == .seconds(2400))
    }

    @Test("An account that is fresh serves its old token until the new login is durable")
    func again() {
        var bench = Bench.fresh()
        bench.send(.loggedIn(.example("b1", refreshToken: "s1"), scope: Bench.scope, sentAt: bench.now))
        #expect(bench.read(1).answer()?.token == "a1")
        #expect(bench.save().published()?.text == "b1")
        #expect(bench.read(2).answer(to: 2)?.token == "b1")
    }

    @Test("A login that ended is over with the next one")
    func afterTheEnd() {
        var bench = Bench.inFlight()
        bench.fail(.invalidGrant)
        bench.save()
        bench.send(.loggedIn(.example("b1", refreshToken: "s1"), scope: Bench.scope, sentAt: bench.now))
        #expect(bench.record?.ended == nil)
        bench.save()
        #expect(bench.state == .fresh)
        #expect(bench.machine.lastFailure == nil)
    }

    @Test("A login without a refresh token is served and ends with its token")
    func notRefreshable() {
        var bench = Bench()
        bench.send(.loggedIn(.example("b1"), scope: Bench.scope, sentAt: bench.now))
        #expect(bench.save().published()?.refreshesAt == nil)
        #expect(bench.advance(by: .seconds(3600)).states == [.loginRequired])
        #expect(bench.record?.ended?.reason == .notRefreshable)
    }

    @Test("A login that cannot be saved is in force all the same, and says so")
    func unsaved() {
        var bench = Bench()
        bench.send(.loggedIn(.example("b1", refreshToken: "s1"), scope: Bench.scope, sentAt: bench.now))
        let effects = bench.failSave()
        #expect(effects.logins == [false])
        #expect(effects.published()?.degradation == .unsaved)
    }

    @Test("It overtakes whatever the account had under way, and what that brings late is revoked")
    func overtakesFlight() {
        var bench = Bench.inFlight()
        let old = bench.attempt?.generation ?? .max
        bench.send(.loggedIn(.example("b1", refreshToken: "s1"), scope: Bench.scope, sentAt: bench.now))
        let late = bench.send(
            .answered(generation: old, .success(.example("a2", refreshToken: "r2")), sentAt: bench.now)
        )
        #expect(late.acts == ["revoke"])
        #expect(late.revocations == ["r2"])
        bench.save()
        #expect(bench.held == "b1")
    }

    @Test("What the late answer brings beside an error is revoked too; what is in force never is")
    func lateTokens() {
        var bench = Bench.inFlight()
        let old = bench.attempt?.generation ?? .max
        bench.send(.loggedIn(.example("b1", refreshToken: "r1"), scope: Bench.scope, sentAt: bench.now))
        var failure = Failure(.temporary(.answered), code: Failure.Code.invalidLifetime, detail: "")
        failure.rotatedRefreshToken = Secret("r2")
        #expect(bench.send(.answered(generation: old, .failure(failure), sentAt: bench.now)).revocations == ["r2"])
        let same = TokenSet.example("a2", refreshToken: "r1")
        #expect(bench.send(.answered(generation: old, .success(same), sentAt: bench.now)) == [])
    }

    @Test("Its generation lies above whatever a retired machine of the same row still has to save")
    func aboveRetired() throws {
        var retired = Bench.inFlight()
        retired.send(.retired)
        retired.give(.example("a2", refreshToken: "r2"))
        var bench = Bench(stored: .example(scope: Scope(["mail"])))
        bench.send(.loggedIn(.example("b1", refreshToken: "s1"), scope: Bench.scope, sentAt: bench.now))
        let generation = try #require(bench.record?.generation)
        #expect(generation > (try #require(retired.record?.generation)))
    }

    @Test("Each login has one end, also if another or a logout overtakes it", arguments: [true, false])
    func oneEnd(byLogin: Bool) {
        var bench = Bench()
        let login = Event.loggedIn(.example("b1", refreshToken: "s1"), scope: Bench.scope, sentAt: bench.now)
        bench.send(login)
        #expect(bench.send(byLogin ? login : .loggedOut).logins == [false])
        #expect(bench.save().logins == (byLogin ? [true] : []))
    }
}

@Suite("Logouts")
struct LogoutTests {
    @Test("A logout forgets everything at once and names the refresh token that is to be revoked")
    func wipes() {
        var bench = Bench.fresh()
        let effects = bench.send(.loggedOut)
        #expect(effects == [.bury(revoking: Secret("r1")), .withdraw(.accessToken), .announce(.state(.loggedOut))])
        #expect(bench.untilWake == nil)
        #expect(bench.read().answer() == .refused(.loginRequired(nil)))
        #expect(bench.machine.subject == nil)
        #expect(bench.machine.lastRefreshAt == nil)
    }

    @Test("Parked readers are told at once")
    func readers() {
        var bench = Bench.inFlight()
        bench.read()
        #expect(bench.send(.loggedOut).answer() == .refused(.loginRequired(nil)))
    }

    @Test("While the intent is being recorded: nothing is sent")
    func recording() {
        var bench = Bench.fresh()
        bench.advance(by: .seconds(2400))
        bench.send(.loggedOut)
        #expect(bench.recordIntent() == [])
        #expect(bench.send(.recordFailed(generation: 7, .storeFailed)) == [])
    }

    @Test("While a request is under way: what it brings is revoked, and nobody sees it")
    func sent() {
        var bench = Bench.inFlight()
        bench.send(.loggedOut)
        #expect(bench.give(.example("a2", refreshToken: "r2")) == [.revoke(Secret("r2"))])
        #expect(bench.fail(.invalidGrant) == [])
        #expect(bench.held == nil)
        #expect(bench.state == .loggedOut)
    }

    @Test("While the new tokens are being saved: the new refresh token is the one to revoke")
    func saving() {
        var bench = Bench.inFlight()
        bench.give(.example("a2", refreshToken: "r2"))
        #expect(bench.send(.loggedOut).first == .bury(revoking: Secret("r2")))
        #expect(bench.save() == [])
        #expect(bench.held == nil)
    }

    @Test("While the new tokens are unsaved: likewise, and nothing is written any more")
    func unsaved() {
        var bench = Bench.inFlight()
        bench.give(.example("a2", refreshToken: "r2"))
        bench.failSave()
        #expect(bench.send(.loggedOut).first == .bury(revoking: Secret("r2")))
        #expect(bench.advance(by: .seconds(1000)) == [])
    }

    @Test("While backing off: no further try")
    func backingOff() {
        var bench = Bench.inFlight()
        bench.fail(.unavailable)
        bench.send(.loggedOut)
        #expect(bench.machine.nextTryAt == nil)
        #expect(bench.advance(by: .seconds(1000)) == [])
    }

    @Test("A login after it begins anew")
    func loginAfterwards() throws {
        var bench = Bench.fresh()
        bench.send(.loggedOut)
        let before = bench.machine.generation
        bench.send(.loggedIn(.example("b1", refreshToken: "s1"), scope: Bench.scope, sentAt: bench.now))
        bench.save()
        #expect(bench.held == "b1")
        #expect(try #require(bench.record?.generation) > before)
    }
}
