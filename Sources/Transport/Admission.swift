/// Which transfers run and which wait: first come, first served, within a limit in all and one for each host.
///
/// A host that hangs so fills its own places and nobody else's. libcurl has such limits too, but a transfer that waits
/// in its line does not notice its deadline.
package struct Admission {
    package typealias Instant = SuspendingClock.Instant

    private struct Waiting {
        var id: UInt64
        var host: Target.Origin
        var deadline: Instant
    }

    private let limits: Transport.Limits
    private var running: [UInt64: Target.Origin] = [:]
    private var places: [Target.Origin: Int] = [:]
    private var line: [Waiting] = []

    package init(_ limits: Transport.Limits) {
        self.limits = limits
    }

    /// The first deadline of those that wait.
    package var nextDeadline: Instant? { line.lazy.map(\.deadline).min() }

    /// Puts a transfer at the end of the line.
    package mutating func enter(_ id: UInt64, for host: Target.Origin, deadline: Instant) {
        line.append(Waiting(id: id, host: host, deadline: deadline))
    }

    /// Takes a transfer out, whether it runs or waits.
    package mutating func leave(_ id: UInt64) {
        guard let host = running.removeValue(forKey: id) else {
            line.removeAll { $0.id == id }
            return
        }
        places[host, default: 0] -= 1
        if places[host] == 0 { places[host] = nil }
    }

    /// Moves those for whom there is a place from the line to the running ones.
    ///
    /// - Returns: the transfers to start.
    package mutating func admit() -> [UInt64] {
        var admitted: [UInt64] = []
        line.removeAll { waiting in
            let taken = places[waiting.host, default: 0]
            guard running.count < limits.connections, taken < limits.connectionsPerHost else { return false }
            running[waiting.id] = waiting.host
            places[waiting.host] = taken + 1
            admitted.append(waiting.id)
            return true
        }
        return admitted
    }

    /// Those whose deadline came while they waited. They stay in the line until they leave.
    package func overdue(at now: Instant) -> [UInt64] {
        line.filter { $0.deadline <= now }.map(\.id)
    }
}
