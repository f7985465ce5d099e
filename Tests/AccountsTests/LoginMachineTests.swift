import Accounts
import OAuth
import Testing

@Suite("Device logins")
struct LoginMachineTests {
    private static let authorization = DeviceAuthorization(
        deviceCode: Secret("device code"),
        userCode: "WDJB-MJHT",
        verificationURI: "https://issuer.example/device",
        lifetime: .seconds(600)
    )

    /// A login on a workbench: the test plays the clock, the issuer and the account.
    private struct Play {
        var machine = LoginMachine()
        var now = Bench.start

        init(_ authorization: DeviceAuthorization? = authorization) {
            if let authorization { send(.authorized(.success(authorization), sentAt: now)) }
        }

        @discardableResult
        mutating func send(_ event: LoginMachine.Event) -> LoginMachine.Effect? { machine.handle(event, at: now) }

        /// Waits as long as the machine wants and polls; the answer comes at once.
        @discardableResult
        mutating func poll(_ answer: DevicePoll) -> (pause: Duration?, effect: LoginMachine.Effect?) {
            let pause = untilWake
            now = now.advanced(by: pause ?? .zero)
            guard case .poll = send(.wake) else { return (pause, nil) }
            return (pause, send(.polled(answer, sentAt: now)))
        }

        var untilWake: Duration? { machine.earliestWake(at: now).map(now.remaining) }
    }

    @Test("It begins with a request for codes")
    func begins() {
        let machine = LoginMachine()
        #expect(LoginMachine.firstEffect == .authorize)
        #expect(machine.state == .authorizing)
        #expect(machine.authorization == nil)
        #expect(machine.earliestWake(at: Bench.start) == nil)
    }

    @Test("The codes are shown, and the first poll comes after one interval")
    func waits() {
        var play = Play()
        #expect(play.machine.authorization == Self.authorization)
        #expect(play.machine.deadline == Bench.start.advanced(by: .seconds(600)))
        #expect(play.untilWake == .seconds(5))
        play.now = play.now.advanced(by: .milliseconds(4999))
        #expect(play.send(.wake) == nil)
        play.now = play.now.advanced(by: .milliseconds(1))
        #expect(play.send(.wake) == .poll(Self.authorization))
    }

    @Test("A refresh token that comes with a useless answer is handed over: the code is spent")
    func refreshTokenOnly() {
        let failure = Failure(
            .temporary(.answered),
            code: Failure.Code.invalidLifetime,
            detail: "expires_in is zero",
            rotatedRefreshToken: Secret("s1")
        )
        var play = Play()
        #expect(play.poll(.failed(failure)).effect == .deliverRefreshToken(failure))
        #expect(play.machine.state == .delivering)
        play.send(.taken(saved: true))
        #expect(play.machine.state == .done(saved: true))
    }

    @Test("A pending approval keeps the interval", arguments: [1, 5, 30])
    func pending(interval: Int) {
        var authorization = Self.authorization
        authorization.interval = .seconds(interval)
        var play = Play(authorization)
        for _ in 0..<4 { #expect(play.poll(.pending).pause == .seconds(interval)) }
        #expect(!play.machine.isSlowed)
    }

    @Test("An interval of nothing is a second")
    func noInterval() {
        var authorization = Self.authorization
        authorization.interval = .zero
        var play = Play(authorization)
        #expect(play.poll(.pending).pause == .seconds(1))
    }

    @Test("slow_down adds five seconds for good, and a larger interval of the server's wins")
    func slowDown() {
        var play = Play()
        #expect(play.poll(.slowDown(interval: nil)).pause == .seconds(5))
        #expect(play.machine.isSlowed)
        #expect(play.poll(.slowDown(interval: .seconds(3))).pause == .seconds(10))
        #expect(play.poll(.pending).pause == .seconds(15))
        #expect(play.poll(.slowDown(interval: .seconds(40))).pause == .seconds(15))
        #expect(play.poll(.pending).pause == .seconds(40))
        #expect(play.poll(.pending).pause == .seconds(40))
        #expect(play.machine.interval == .seconds(40))
    }

    @Test("The interval counts from the end of the poll before, and there are never two under way")
    func oneAtATime() {
        var play = Play()
        play.now = play.now.advanced(by: .seconds(5))
        #expect(play.send(.wake) == .poll(Self.authorization))
        #expect(play.untilWake == nil)
        play.now = play.now.advanced(by: .seconds(25))
        #expect(play.send(.wake) == nil)
        play.send(.polled(.pending, sentAt: Bench.start))
        #expect(play.untilWake == .seconds(5))
        #expect(play.send(.polled(.pending, sentAt: Bench.start)) == nil)
        #expect(play.untilWake == .seconds(5))
    }

    @Test(
        "Approved: the tokens are handed to the account, and the login is done when they are in force",
        arguments: [true, false]
    )
    func approved(saved: Bool) {
        var play = Play()
        let effect = play.poll(.tokens(.example("b1", refreshToken: "s1"))).effect
        #expect(effect == .deliver(.example("b1", refreshToken: "s1"), sentAt: play.now))
        #expect(!play.machine.isOver)
        #expect(play.untilWake == nil)
        play.send(.cancelled)
        play.send(.taken(saved: saved))
        #expect(play.machine.state == .done(saved: saved))
        #expect(play.machine.isOver)
    }

    @Test(
        "The issuer's last word is the last",
        arguments: [
            (.denied(detail: "no"), .denied("no")),
            (.expired(detail: "too late"), .expired("too late")),
            (.failed(.invalidClient), .failed(.invalidClient)),
        ] as [(DevicePoll, LoginMachine.State)]
    )
    func lastWord(answer: DevicePoll, state: LoginMachine.State) {
        var play = Play()
        #expect(play.poll(answer).effect == nil)
        #expect(play.machine.state == state)
        #expect(play.machine.isOver)
        #expect(play.machine.authorization == nil)
        #expect(play.untilWake == nil)
        #expect(play.send(.wake) == nil)
    }

    @Test("No codes: the login has failed")
    func noCodes() {
        var play = Play(nil)
        play.send(.authorized(.failure(.notSent), sentAt: play.now))
        #expect(play.machine.state == .failed(.notSent))
    }

    @Test("At the deadline it ends here, whatever the issuer goes on saying")
    func expires() {
        var authorization = Self.authorization
        authorization.lifetime = .seconds(12)
        var play = Play(authorization)
        play.poll(.pending)
        play.poll(.pending)
        #expect(play.untilWake == .seconds(2))
        play.now = play.now.advanced(by: .seconds(2))
        #expect(play.send(.wake) == nil)
        #expect(play.machine.state == .expired("the code ended before it was approved"))
    }

    @Test("A poll that outlives the deadline may still bring tokens; anything else is the end")
    func pollOutlivesDeadline() {
        for (answer, isOver) in [(DevicePoll.pending, true), (.failed(.noAnswer), true), (.tokens(.example()), false)] {
            var play = Play()
            play.now = play.now.advanced(by: .seconds(5))
            play.send(.wake)
            play.now = play.now.advanced(by: .seconds(600))
            play.send(.polled(answer, sentAt: play.now))
            #expect(play.machine.isOver == isOver)
            #expect(play.untilWake == nil)
        }
    }

    @Test("Codes that had ended when they came are of no use")
    func endedCodes() {
        var play = Play(nil)
        play.now = play.now.advanced(by: .seconds(600))
        play.send(.authorized(.success(Self.authorization), sentAt: Bench.start))
        #expect(play.machine.isOver)
    }

    @Test("Polls without an answer double the pause, up to a minute; an answer brings the interval back")
    func temporaryFailures() {
        var play = Play()
        #expect(play.poll(.failed(.noAnswer)).pause == .seconds(5))
        #expect(play.poll(.failed(.notSent)).pause == .seconds(10))
        #expect(play.poll(.failed(.noAnswer)).pause == .seconds(20))
        #expect(play.poll(.failed(.noAnswer)).pause == .seconds(40))
        #expect(play.poll(.failed(.noAnswer)).pause == .seconds(60))
        #expect(play.poll(.pending).pause == .seconds(60))
        #expect(play.poll(.pending).pause == .seconds(5))
    }

    @Test("What the issuer asks for is not undercut")
    func retryAfter() {
        var play = Play()
        play.poll(.failed(.tooMany(retryAfter: .seconds(90))))
        #expect(play.untilWake == .seconds(90))
    }

    @Test("It can be cancelled while codes are fetched, while the person is asked and while a poll is under way")
    func cancelled() {
        var authorizing = Play(nil)
        authorizing.send(.cancelled)
        #expect(authorizing.machine.state == .cancelled)
        authorizing.send(.authorized(.success(Self.authorization), sentAt: authorizing.now))
        #expect(authorizing.machine.state == .cancelled)

        var waiting = Play()
        waiting.send(.cancelled)
        #expect(waiting.machine.state == .cancelled)
        #expect(waiting.untilWake == nil)

        var polling = Play()
        polling.now = polling.now.advanced(by: .seconds(5))
        polling.send(.wake)
        polling.send(.cancelled)
        #expect(polling.send(.polled(.tokens(.example()), sentAt: polling.now)) == nil)
        #expect(polling.machine.state == .cancelled)
    }

    @Test("What is over stays as it is")
    func over() {
        var play = Play()
        play.poll(.denied(detail: "no"))
        play.send(.cancelled)
        play.send(.taken(saved: true))
        #expect(play.machine.state == .denied("no"))
    }

    @Test("Tokens that came in one step wait only for the account")
    func oneStep() {
        var machine = LoginMachine.delivering
        #expect(!machine.isOver)
        #expect(machine.handle(.taken(saved: true), at: Bench.start) == nil)
        #expect(machine.state == .done(saved: true))
    }

    @Test("Time that the machine was suspended counts")
    func suspension() {
        var play = Play()
        play.now = play.now.advanced(by: .seconds(8 * 3600))
        #expect(play.send(.wake) == nil)
        #expect(play.machine.isOver)
    }

    @Test("The device code shows itself nowhere")
    func secrecy() {
        var play = Play()
        play.now = play.now.advanced(by: .seconds(5))
        var text = String(describing: play.send(.wake))
        dump(play.machine, to: &text)
        #expect(!text.contains("device code"))
    }
}
