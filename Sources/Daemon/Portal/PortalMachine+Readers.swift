import IdentityCenter
import LocalAPI
package import OAuth

/// Who is answered, who is told that waiting is of no use, and when something must happen by itself.
extension PortalMachine {
    /// The earliest moment at which `wake` must be handed in; `nil`: never by itself.
    package func earliestWake(at now: Instant) -> Instant? {
        var moments: [Instant] = []
        for (key, desk) in desks {
            moments += desk.waiters.map(\.deadline)
            if let credentials = desk.credentials { moments.append(credentials.expiry) }
            if case .idle = desk.step, let opening = opening(of: key, at: now) { moments.append(opening) }
        }
        return moments.min { now.remaining(until: $0) < now.remaining(until: $1) }
    }

    /// From when a question may be asked; `nil` where nobody wants to.
    func opening(of key: Key, at now: Instant) -> Instant? {
        guard let desk = desks[key] else { return nil }
        guard let wanted = desk.waiters.isEmpty ? (desk.wasRead ? desk.renewAt : nil) : now else { return nil }
        return [wanted, desk.setback?.until, rests[key.account]?.until].compactMap(\.self)
            .max { now.remaining(until: $0) < now.remaining(until: $1) }
    }

    /// Drops credentials that have ended.
    mutating func forgetEnded(at now: Instant) {
        for (key, desk) in desks {
            guard let credentials = desk.credentials, now.hasReached(credentials.expiry) else { continue }
            desks[key]?.credentials = nil
            desks[key]?.renewAt = nil
        }
    }

    /// Answers the readers for whom the credentials that are held live long enough.
    mutating func answerSatisfied(_ key: Key, _ turn: inout Turn) {
        guard let credentials = desks[key]?.credentials,
            credentials.remaining(at: turn.now) >= min(Self.minimum, credentials.lifetime / 4)
        else { return }
        answerAll(key, .success(.credentials(credentials)), &turn)
    }

    /// Answers the readers whom no request can help before their patience ends: with what still lives, or with why not.
    mutating func answerHopeless(_ key: Key, _ turn: inout Turn) {
        guard let desk = desks[key] else { return }
        let next = [desk.setback, rests[key.account]].compactMap(\.self)
            .max { turn.now.remaining(until: $0.until) < turn.now.remaining(until: $1.until) }
        var parked: [Waiter] = []
        for waiter in desk.waiters {
            var problem: Problem
            if case .idle = desk.step, let next, waiter.deadline.remaining(until: next.until) > .zero {
                problem = next.problem
                problem.retryAfter = max(1, Int(turn.now.remaining(until: next.until).wholeSeconds) + 1)
            } else if turn.now.hasReached(waiter.deadline) {
                problem = .portalTimedOut(key.question, of: key.account)
            } else {
                parked.append(waiter)
                continue
            }
            let held = desk.credentials.map { PortalAnswer.credentials($0) }
            turn.effects.append(.reply(waiter.id, held.map { .success($0) } ?? .failure(problem)))
        }
        desks[key]?.waiters = parked
    }

    /// Tells everyone the same.
    mutating func answerAll(_ key: Key, _ answer: Result<PortalAnswer, Problem>, _ turn: inout Turn) {
        turn.effects += (desks[key]?.waiters ?? []).map { .reply($0.id, answer) }
        desks[key]?.waiters = []
    }
}

extension PortalMachine.Desk {
    /// Whether there is anything to remember about the question.
    func isOfUse(at now: Instant) -> Bool {
        if case .idle = step, waiters.isEmpty, credentials == nil {
            return setback.map { !now.hasReached($0.until) } ?? false
        }
        return true
    }
}
