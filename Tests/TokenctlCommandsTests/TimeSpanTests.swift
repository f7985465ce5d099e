import LocalAPI
import Testing
import TokenctlCommands

@Suite struct TimeSpanTests {
    @Test(
        "A span is told in the one or two units that matter",
        arguments: [
            (-5, "0 s"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (3660, "1 h 1 min"),
            (86_399, "23 h 59 min"), (86_400, "1 d"), (90_000, "1 d 1 h"), (864_000, "10 d"),
        ]
    )
    func spans(seconds: Int, text: String) { #expect(TimeSpan.text(seconds) == text) }

    @Test(
        "A moment is told from now",
        arguments: [(0, "now"), (2460, "in 41 min"), (-180, "3 min ago"), (-1, "1 s ago")]
    )
    func moments(offset: Int64, text: String) {
        let now = Timestamp(seconds: 1_800_000_000)
        #expect(TimeSpan.text(from: now, to: Timestamp(seconds: now.seconds + offset)) == text)
    }
}
