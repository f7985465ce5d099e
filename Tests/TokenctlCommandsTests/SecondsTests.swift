import Testing
import TokenctlCommands

@Suite struct SecondsTests {
    @Test(
        "A duration is a number with a unit, or seconds",
        arguments: [("0", 0), ("30s", 30), ("20m", 1200), ("8h", 28_800), ("2d", 172_800), ("90", 90), ("007s", 7)]
    )
    func read(text: String, count: Int) { #expect(Seconds(argument: text)?.count == count) }

    @Test(
        "Anything else is none",
        arguments: ["", "s", "1w", "1.5h", "-1s", "+1s", "1 s", "1m30s", "99999999999999999d", "\u{0661}s", "1S"]
    )
    func refused(text: String) { #expect(Seconds(argument: text) == nil) }
}
