import Accounts
import OAuth
import Testing

@Suite("Random play")
struct RandomPlayTests {
    @Test("Whatever happens, the rules hold", arguments: UInt64(1)...32)
    func rules(round: UInt64) {
        for number in UInt64(0)..<64 {
            let seed = round * 1000 + number
            do throws(Violation) {
                var play = RandomPlay(seed: seed)
                try play.run(steps: 120)
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
        }
    }

    @Test(
        "With parties that answer at once, wakes alone make no loop, however short the tokens live",
        arguments: [1, 900, 1000, 1500, 10_000, 60_000]
    )
    func noLoop(milliseconds: Int) {
        for hasRefreshToken in [true, false] {
            var bench = Bench(source: hasRefreshToken ? nil : .clientCredentials)
            let tokens = TokenSet.example(
                refreshToken: hasRefreshToken ? "r1" : nil,
                lifetime: .milliseconds(milliseconds),
                idToken: IDToken(token: Secret("i1"), lifetime: .milliseconds(milliseconds))
            )
            bench.send(.loggedIn(tokens, scope: Bench.scope, sentAt: bench.now))
            bench.save()
            bench.read(kind: .idToken)
            let end = bench.now.advanced(by: .seconds(60))
            var wakes = 0
            while let wake = bench.untilWake, bench.now.remaining(until: end) > wake, wakes < 1000 {
                wakes += 1
                let effects = bench.advance(by: wake)
                if effects.acts.contains("record intent") { bench.recordIntent() }
                if bench.state == .refreshing {
                    bench.give(tokens)
                    bench.save()
                }
            }
            #expect(wakes <= 200)
        }
    }
}
