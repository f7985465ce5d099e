import Accounts
import OAuth
import Testing

@Suite("Backoff")
struct BackoffTests {
    private static let table: [(Failure.Outcome, [Double])] = [
        (.notSent, [1, 2, 4, 8, 16, 32, 48, 48, 48, 48]),
        (.answered, [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]),
        (.unknown, [1, 5, 15, 24, 24, 24, 24, 24, 24, 24]),
    ]

    private func delay(
        _ outcome: Failure.Outcome,
        _ failures: Int,
        retryAfter: Duration? = nil,
        jitter: Double = 0
    ) -> Duration {
        Backoff.delay(after: outcome, failures: failures, retryAfter: retryAfter, jitter: jitter)
    }

    @Test("Each outcome has its column, and jitter adds up to a quarter", arguments: table)
    func columns(outcome: Failure.Outcome, seconds: [Double]) {
        for (index, seconds) in seconds.enumerated() {
            #expect(delay(outcome, index + 1) == .seconds(seconds))
            #expect(delay(outcome, index + 1, jitter: 1) == .seconds(seconds * 1.25))
        }
    }

    @Test(
        "No delay is longer than its cap, however many failures there were",
        arguments: [(.notSent, 60), (.answered, 300), (.unknown, 30)] as [(Failure.Outcome, Int)]
    )
    func caps(outcome: Failure.Outcome, cap: Int) {
        for failures in [10, 100, 1_000_000, .max] {
            #expect(delay(outcome, failures, jitter: 1) == .seconds(cap))
        }
    }

    @Test("A count of nothing is taken for the first failure", arguments: [0, -1])
    func noFailure(failures: Int) {
        #expect(delay(.answered, failures) == .seconds(1))
    }

    @Test(
        "Retry-After is never undercut, and jitter only adds to it, by at most 30 s",
        arguments: [(1, 1, 1.25), (30, 30, 33), (120, 120, 132), (3600, 3600, 3630), (86_400, 86_400, 86_430)]
    )
    func retryAfter(asked: Int, least: Double, most: Double) {
        #expect(delay(.answered, 1, retryAfter: .seconds(asked)) == .seconds(least))
        #expect(delay(.answered, 1, retryAfter: .seconds(asked), jitter: 1) == .seconds(most))
    }

    @Test("A Retry-After that is shorter than our own delay does not shorten it")
    func shortRetryAfter() {
        #expect(delay(.answered, 9, retryAfter: .seconds(5)) == .seconds(240))
        #expect(delay(.unknown, 4, retryAfter: .zero) == .seconds(24))
    }
}
