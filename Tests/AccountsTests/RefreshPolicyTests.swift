import Accounts
import OAuth
import Testing

@Suite("Refresh policy")
struct RefreshPolicyTests {
    private func token(lifetime: Duration) -> Token {
        Token(secret: Secret("a"), type: "Bearer", scope: .none, obtained: Bench.start, lifetime: lifetime)
    }

    @Test(
        "A token is renewed with the margin left, or with a third of its lifetime if that is less",
        arguments: [
            (margin: 1200, lifetime: 28_800, after: 27_600),
            (margin: 1200, lifetime: 3600, after: 2400),
            (margin: 1200, lifetime: 900, after: 600),
            (margin: 1200, lifetime: 30, after: 20),
            (margin: 60, lifetime: 3600, after: 3540),
            (margin: 0, lifetime: 3600, after: 3600),
        ]
    )
    func renewal(margin: Int, lifetime: Int, after: Int) {
        let renewal = RefreshPolicy(margin: .seconds(margin)).renewal(
            of: token(lifetime: .seconds(lifetime)),
            jitter: 0
        )
        #expect(Bench.start.remaining(until: renewal) == .seconds(after))
    }

    @Test(
        "Jitter only makes it earlier, by at most a twentieth of the lifetime",
        arguments: [(0.0, 2400), (0.5, 2310), (1.0, 2220)]
    )
    func jitter(jitter: Double, after: Int) {
        let renewal = RefreshPolicy().renewal(of: token(lifetime: .seconds(3600)), jitter: jitter)
        #expect(Bench.start.remaining(until: renewal) == .seconds(after))
    }

    @Test(
        "A reader who does not say gets the least life of the settings, but never more than a quarter of the lifetime",
        arguments: [(3600, 60), (240, 60), (120, 30), (2, nil)]
    )
    func quarter(lifetime: Int, least: Int?) {
        let least = least.map(Duration.seconds) ?? .milliseconds(500)
        #expect(RefreshPolicy().minimum(asked: nil, of: token(lifetime: .seconds(lifetime))) == least)
    }

    @Test("What a reader asks for is taken as it is", arguments: [0, 10, 3600, 100_000])
    func asked(seconds: Int) {
        let minimum = RefreshPolicy().minimum(asked: .seconds(seconds), of: token(lifetime: .seconds(120)))
        #expect(minimum == .seconds(seconds))
    }

    @Test(
        "A token is the best there is for a tenth of its lifetime",
        arguments: [(0, true), (359, true), (360, false), (3599, false)]
    )
    func best(age: Int, isBest: Bool) {
        let now = Bench.start.advanced(by: .seconds(age))
        #expect(RefreshPolicy().isBestThereIs(token(lifetime: .seconds(3600)), at: now) == isBest)
    }

    @Test("A token whose age nobody can tell is not the best there is")
    func unknownAge() {
        let later = Instant(wall: Bench.start.wall - .seconds(1), boot: .seconds(1), bootID: "second boot")
        #expect(!RefreshPolicy().isBestThereIs(token(lifetime: .seconds(3600)), at: later))
    }
}

@Suite("Token")
struct TokenTests {
    private let token = Token(
        secret: Secret("a"),
        type: "Bearer",
        scope: .none,
        obtained: Bench.start,
        lifetime: .seconds(100)
    )

    @Test("Its life is counted by the boot clock, whatever happens to the wall clock", arguments: [-86_400, 0, 86_400])
    func bootClock(set: Int) {
        var now = Bench.start.advanced(by: .seconds(30))
        now.wall += .seconds(set)
        #expect(token.remaining(at: now) == .seconds(70))
    }

    @Test("It never lives longer than its lifetime nor less than nothing", arguments: [(-5, 100), (100, 0), (500, 0)])
    func bounds(age: Int, remaining: Int) {
        #expect(token.remaining(at: Bench.start.advanced(by: .seconds(age))) == .seconds(remaining))
    }

    @Test("After a reboot its age is told by the wall clock")
    func reboot() throws {
        let now = Instant(wall: Bench.start.wall + .seconds(40), boot: .seconds(3), bootID: "second boot")
        let rebased = try #require(token.rebased(at: now))
        #expect(token.remaining(at: now) == .seconds(60))
        #expect(rebased.remaining(at: now) == .seconds(60))
        #expect(rebased.expiry == now.advanced(by: .seconds(60)))
    }

    @Test("After a reboot with the clock set back nobody can tell its age, so it is over")
    func clockSetBack() {
        let now = Instant(wall: Bench.start.wall - .seconds(1), boot: .seconds(3), bootID: "second boot")
        #expect(token.remaining(at: now) == .zero)
        #expect(token.rebased(at: now) == nil)
    }
}
