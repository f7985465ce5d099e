import Accounts
import IdentityCenter
import LocalAPI
import OAuth

/// How a question gets on: from who wants an answer to the answer, or to why there is none.
extension PortalMachine {
    /// Begins a question that somebody waits for, or the renewal of credentials.
    mutating func begin(_ key: Key, _ turn: inout Turn) {
        guard let desk = desks[key], case .idle = desk.step, let from = opening(of: key, at: turn.now),
            turn.now.hasReached(from)
        else { return }
        calls += 1
        let call = Call(number: calls, key: key)
        desks[key]?.setback = nil
        desks[key]?.step = .admission(call)
        let patience = desk.waiters.map { turn.now.remaining(until: $0.deadline) }.max() ?? Self.minimum
        turn.effects.append(.admit(call, rejected: desk.rejected, wait: max(patience, .zero)))
    }

    mutating func admitted(_ call: Call, _ result: Result<PortalSession, Problem>, _ turn: inout Turn) {
        switch result {
        case .success(let session):
            desks[call.key]?.step = .line(call, session)
        case .failure(let problem):
            desks[call.key]?.step = .idle
            let wish = problem.retryAfter.map { Duration.seconds($0) }
            switch problem.code {
            case .temporarilyUnavailable, .waitTimeout, .issuerError:
                retreat(call.key, problem, .answered, retryAfter: wish, &turn)
            default:
                fail(call.key, problem, &turn)
            }
        }
    }

    /// Sends those whose turn it is, first come first served; what must rest goes back.
    mutating func takeTurns(_ turn: inout Turn) {
        var line: [(call: Call, session: PortalSession)] = []
        for (key, desk) in desks {
            switch desk.step {
            case .line where rests[key.account] != nil: desks[key]?.step = .idle
            case .line(let call, let session): line.append((call, session))
            case .idle, .admission, .request: break
            }
        }
        let free = Self.limit - requests.count
        for next in line.sorted(by: { $0.call.number < $1.call.number }).prefix(free) {
            let key = next.call.key
            requests.insert(next.call.number)
            desks[key]?.step = .request(next.call, next.session)
            turn.effects.append(.ask(next.call, after: desks[key]?.pages?.next, next.session))
        }
    }

    mutating func answered(
        _ key: Key,
        _ result: Result<PortalAnswer, PortalError>,
        _ session: PortalSession,
        _ turn: inout Turn
    ) {
        switch result {
        case .success(let page):
            take(page, key, &turn)
        case .failure(.sessionOver) where desks[key]?.rejected == nil:
            desks[key]?.rejected = session.token
        case .failure(let error):
            let problem = Problem(error, to: key.question, of: key.account)
            guard case .unavailable(let failure) = error else { return fail(key, problem, &turn) }
            retreat(key, problem, failure.class.outcome, retryAfter: failure.class.retryAfter, &turn)
            if error.isThrottling { rest(key) }
        }
    }

    private mutating func take(_ page: PortalAnswer, _ key: Key, _ turn: inout Turn) {
        do throws(PortalError) {
            let answer = try desks[key]?.pages?.continued(by: page) ?? page
            if answer.next == nil {
                finish(key, answer, &turn)
            } else {
                desks[key]?.pages = answer
            }
        } catch {
            fail(key, Problem(error, to: key.question, of: key.account), &turn)
        }
    }

    private mutating func finish(_ key: Key, _ answer: PortalAnswer, _ turn: inout Turn) {
        var desk = Desk(waiters: desks[key]?.waiters ?? [])
        if case .credentials(let credentials) = answer {
            let life = credentials.lifetime
            let early = min(Self.margin, life / 3) + (life / 20).scaled(by: turn.jitter)
            desk.credentials = credentials
            desk.renewAt = credentials.expiry.advanced(by: .zero - early)
            desk.wasRead = !desk.waiters.isEmpty
        }
        desks[key] = desk
        answerAll(key, .success(answer), &turn)
    }

    /// Leaves the portal alone for a while, unless nobody waits that long.
    private mutating func retreat(
        _ key: Key,
        _ problem: Problem,
        _ outcome: Failure.Outcome,
        retryAfter: Duration?,
        _ turn: inout Turn
    ) {
        let failures = (desks[key]?.failures ?? 0) + 1
        let delay = Backoff.delay(after: outcome, failures: failures, retryAfter: retryAfter, jitter: turn.jitter)
        desks[key]?.failures = failures
        desks[key]?.setback = Setback(problem: problem, until: turn.now.advanced(by: delay))
    }

    /// Keeps all questions of the account back for as long as this one.
    private mutating func rest(_ key: Key) {
        guard let setback = desks[key]?.setback else { return }
        if let rest = rests[key.account], rest.until.remaining(until: setback.until) <= .zero { return }
        rests[key.account] = setback
    }

    /// Ends a question that another try would not help. What is held is not renewed again unless somebody reads it.
    private mutating func fail(_ key: Key, _ problem: Problem, _ turn: inout Turn) {
        let held = desks[key]?.credentials
        answerAll(key, held.map { .success(.credentials($0)) } ?? .failure(problem), &turn)
        desks[key] = Desk(credentials: held, renewAt: desks[key]?.renewAt)
    }
}
