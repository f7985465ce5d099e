package import IdentityCenter
package import LocalAPI
package import OAuth

/// Everything that decides about questions to the portal, as a value: events go in with the time and a random number,
/// effects come out.
///
/// Readers who ask the same share one question. Role credentials are kept and renewed ahead of their end while somebody
/// reads them; listings are asked for each time. A question goes through two steps: the login's access token, then its
/// turn among the few requests that may be under way. Nothing here ever begins a login.
///
/// The invariants, each held by tests: one request a question and five in all at any time; every reader answered
/// exactly once; nothing sent before the portal's wish to be left alone is over; no credentials handed out after their
/// end, or after the login that they came by; no wake in the past.
package struct PortalMachine: Sendable {
    /// Which question of which login.
    package struct Key: Sendable, Hashable {
        package var account: String
        package var question: PortalQuestion

        package init(_ question: PortalQuestion, of account: String) {
            self.account = account
            self.question = question
        }
    }

    /// A reader who waits for an answer until his deadline.
    package struct Waiter: Sendable, Hashable {
        package typealias ID = UInt64

        package var id: ID
        package var deadline: Instant

        package init(id: ID, deadline: Instant) {
            self.id = id
            self.deadline = deadline
        }
    }

    /// One step of a question. Its number tells a late answer from an awaited one, and who came first.
    package struct Call: Sendable, Hashable {
        package var number: UInt64
        package var key: Key
    }

    package enum Event: Sendable {
        case wake
        case asked(Waiter, Key)
        case abandoned(Waiter.ID)
        /// The access token has come, or why there is none.
        case admitted(Call, Result<PortalSession, Problem>)
        case answered(Call, Result<PortalAnswer, PortalError>)
        /// The account's login has changed, or is over.
        case forgotten(account: String)
        /// The daemon stops.
        case closed
    }

    package enum Effect: Sendable {
        /// Get an access token that is not `rejected`, which the portal does not accept; then `admitted`.
        case admit(Call, rejected: Secret?, wait: Duration)
        /// Send the request; then `answered`.
        case ask(Call, after: String?, PortalSession)
        case reply(Waiter.ID, Result<PortalAnswer, Problem>)
    }

    /// How a question stands.
    enum Step: Sendable {
        /// Exits: `admission` when somebody waits or a renewal is due.
        case idle
        /// The access token is being fetched. Exits: `line`, `idle`.
        case admission(Call)
        /// Waits for its turn. Exits: `request`; `idle` when the portal wants to be left alone.
        case line(Call, PortalSession)
        /// Exits: `idle`; `admission` for the next page, or for another token.
        case request(Call, PortalSession)

        var call: Call? {
            switch self {
            case .idle: nil
            case .admission(let call), .line(let call, _), .request(let call, _): call
            }
        }
    }

    /// Why there is no answer yet, and from when another try may be made.
    struct Setback: Sendable {
        var problem: Problem
        var until: Instant
    }

    /// All about one question.
    struct Desk: Sendable {
        var step = Step.idle
        var waiters: [Waiter] = []
        /// The pages that have come.
        var pages: PortalAnswer?
        /// The token that the portal has rejected since the last answer. A second one ends the question.
        var rejected: Secret?
        var failures = 0
        var setback: Setback?
        var credentials: RoleCredentials?
        var renewAt: Instant?
        /// Whether somebody has read the credentials since they were renewed.
        var wasRead = false
    }

    var desks: [Key: Desk] = [:]
    /// Until when the portal wants no request of an account, whatever it asks.
    var rests: [String: Setback] = [:]
    /// The requests under way, those included whose answer nobody wants any more.
    var requests: Set<UInt64> = []
    var calls: UInt64 = 0
    private var isClosed = false

    /// The most requests under way, for all accounts together: the portal counts them.
    package static let limit = 5
    /// Credentials are renewed with this much left, or a third of their life where that is less. SDKs ask for others
    /// when fewer than 15 minutes are left, at each use, and are to find them ready.
    package static let margin = Duration.seconds(20 * 60)
    /// Credentials with less left, or less than a quarter of their life, go out only when there are no better.
    package static let minimum = Duration.seconds(60)

    package init() {}

    /// Takes in one event and says what is to be done.
    ///
    /// `jitter` is a random number from 0 to 1, drawn by the caller for each event.
    package mutating func handle(_ event: Event, at now: Instant, jitter: Double) -> [Effect] {
        var turn = Turn(now: now, jitter: jitter)
        forgetEnded(at: now)
        take(event, &turn)
        settle(&turn)
        return turn.effects
    }

    /// One event's time, luck and consequences.
    struct Turn {
        let now: Instant
        let jitter: Double
        var effects: [Effect] = []
    }

    private mutating func take(_ event: Event, _ turn: inout Turn) {
        switch event {
        case .wake:
            break
        case .asked(let waiter, let key):
            guard !isClosed else {
                turn.effects.append(.reply(waiter.id, .failure(.portalClosed(key.account))))
                return
            }
            desks[key, default: Desk()].waiters.append(waiter)
            desks[key]?.wasRead = true
        case .abandoned(let waiter):
            for key in desks.keys { desks[key]?.waiters.removeAll { $0.id == waiter } }
        case .admitted(let call, let result):
            guard case .admission(call)? = desks[call.key]?.step else { return }
            admitted(call, result, &turn)
        case .answered(let call, let result):
            requests.remove(call.number)
            guard case .request(call, let session)? = desks[call.key]?.step else { return }
            desks[call.key]?.step = .idle
            answered(call.key, result, session, &turn)
        case .forgotten(let account):
            rests[account] = nil
            for key in desks.keys where key.account == account {
                desks[key] = Desk(waiters: desks[key]?.waiters ?? [])
            }
        case .closed:
            isClosed = true
            for key in desks.keys { answerAll(key, .failure(.portalClosed(key.account)), &turn) }
            desks = [:]
        }
    }

    /// Draws the consequences of whatever has changed.
    private mutating func settle(_ turn: inout Turn) {
        rests = rests.filter { !turn.now.hasReached($0.value.until) }
        for key in desks.keys {
            answerSatisfied(key, &turn)
            begin(key, &turn)
        }
        takeTurns(&turn)
        for key in desks.keys { answerHopeless(key, &turn) }
        desks = desks.filter { $0.value.isOfUse(at: turn.now) }
    }
}
