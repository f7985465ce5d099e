import OAuth
import Testing

@Suite("Instants")
struct InstantTests {
    private static let start = Instant(wall: .seconds(1000), boot: .seconds(100), bootID: "one")

    @Test("within one boot are told apart by the boot clock, whatever the wall clock does")
    func oneBoot() {
        let later = Instant(wall: .seconds(10), boot: .seconds(160), bootID: "one")
        #expect(later.age(since: Self.start) == .seconds(60))
        #expect(Self.start.remaining(until: later) == .seconds(60))
        #expect(!Self.start.hasReached(later) && later.hasReached(Self.start) && later.hasReached(later))
    }

    @Test("across a reboot are told apart by the wall clock, if that went forward")
    func twoBoots() {
        let rebooted = Instant(wall: .seconds(1060), boot: .seconds(5), bootID: "two")
        #expect(rebooted.age(since: Self.start) == .seconds(60))
        #expect(Self.start.remaining(until: rebooted) == .seconds(60))
        let withoutClock = Instant(wall: .zero, boot: .seconds(5), bootID: "two")
        #expect(withoutClock.age(since: Self.start) == nil)
    }

    @Test("move on both clocks")
    func advanced() {
        let moved = Self.start.advanced(by: .seconds(-50))
        #expect(moved == Instant(wall: .seconds(950), boot: .seconds(50), bootID: "one"))
        #expect(Duration.milliseconds(-1500).wholeSeconds == -1)
        #expect(Duration.seconds(10).scaled(by: 0.25) == .milliseconds(2500))
    }
}
