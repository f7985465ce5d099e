import Testing
import Transport

@Suite("Which transfers run at once")
struct AdmissionTests {
    private let now = SuspendingClock.now
    private let slow = Target.Origin(scheme: "https", host: "slow.example", port: "443")
    private let quick = Target.Origin(scheme: "https", host: "quick.example", port: "443")

    private func admission(_ connections: Int, perHost: Int) -> Admission {
        Admission(Transport.Limits(connections: connections, connectionsPerHost: perHost))
    }

    @Test("a host that fills its places does not hold up another")
    func perHost() {
        var admission = admission(4, perHost: 2)
        for id in 1...5 as ClosedRange<UInt64> { admission.enter(id, for: slow, deadline: now) }
        admission.enter(6, for: quick, deadline: now)
        #expect(admission.admit() == [1, 2, 6])
        #expect(admission.admit() == [])
        admission.leave(6)
        #expect(admission.admit() == [])
        admission.leave(1)
        #expect(admission.admit() == [3])
    }

    @Test("the total is a limit too, and who came first goes first")
    func total() {
        var admission = admission(2, perHost: 2)
        admission.enter(1, for: slow, deadline: now)
        admission.enter(2, for: quick, deadline: now)
        admission.enter(3, for: quick, deadline: now)
        admission.enter(4, for: slow, deadline: now)
        #expect(admission.admit() == [1, 2])
        admission.leave(1)
        #expect(admission.admit() == [3])
        admission.leave(3)
        #expect(admission.admit() == [4])
    }

    @Test("who leaves the line is neither admitted nor overdue")
    func leave() {
        var admission = admission(1, perHost: 1)
        admission.enter(1, for: slow, deadline: now + .seconds(9))
        #expect(admission.admit() == [1])
        #expect(admission.nextDeadline == nil)
        admission.enter(2, for: slow, deadline: now + .seconds(1))
        admission.enter(3, for: slow, deadline: now + .seconds(2))
        #expect(admission.nextDeadline == now + .seconds(1))
        #expect(admission.overdue(at: now) == [])
        #expect(admission.overdue(at: now + .seconds(1)) == [2])
        #expect(admission.overdue(at: now + .seconds(2)) == [2, 3])
        admission.leave(2)
        #expect(admission.nextDeadline == now + .seconds(2))
        admission.leave(1)
        #expect(admission.admit() == [3])
    }
}
