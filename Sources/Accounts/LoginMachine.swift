package import OAuth

/// A device login from its start to its end, as a value (RFC 8628).
///
/// Polls are `interval` apart, counted from the end of the one before, so that there are never two in flight. The
/// deadline of the device code ends it here even where the issuer goes on answering `authorization_pending`.
package struct LoginMachine: Sendable {
    package enum Event: Sendable {
        case wake
        /// The device authorization endpoint answered a request sent at `sentAt`.
        case authorized(Result<DeviceAuthorization, Failure>, sentAt: Instant)
        /// The token endpoint answered a poll.
        case polled(DevicePoll, sentAt: Instant)
        /// The tokens are in force; `saved` tells whether the disk has them.
        case taken(saved: Bool)
        case cancelled
    }

    package enum Effect: Sendable, Hashable {
        case authorize
        case poll(DeviceAuthorization)
        /// The person has approved: hand these to the account; then `taken`.
        case deliver(TokenSet, sentAt: Instant)
        /// The person has approved, and the one usable thing that came is a refresh token: hand it over; then `taken`.
        case deliverRefreshToken(Failure)
    }

    package enum State: Sendable, Hashable {
        /// Exits: `waiting`, `failed`, `cancelled`.
        case authorizing
        /// The person is asked, and the next poll comes at its time. Exits: `polling`, `expired`, `cancelled`.
        case waiting(DeviceAuthorization, pollAt: Instant)
        /// Exits: `waiting`, `delivering`, `denied`, `expired`, `failed`, `cancelled`.
        case polling(DeviceAuthorization)
        /// Exits: `done`.
        case delivering
        case done(saved: Bool)
        case denied(String)
        case expired(String)
        case failed(Failure)
        case cancelled
    }

    package private(set) var state = State.authorizing
    /// When the codes end; known once they are.
    package private(set) var deadline: Instant?
    /// The least time between two polls; it only grows.
    package private(set) var interval = Duration.seconds(5)
    /// Whether the issuer has asked for a slower pace.
    package private(set) var isSlowed = false
    private var failures = 0

    /// What `slow_down` adds to the interval for good (RFC 8628 section 3.5).
    package static let slowDownStep = Duration.seconds(5)
    private static let tooLate = State.expired("the code ended before it was approved")
    /// The longest pause after polls without an answer.
    private static let longestPause = Duration.seconds(60)

    package init() {}

    /// A login whose tokens have come in one step and are being handed to the account.
    package static var delivering: LoginMachine {
        var machine = LoginMachine()
        machine.state = .delivering
        return machine
    }

    /// The first thing to do.
    package static let firstEffect = Effect.authorize

    /// Takes in one event and says what is to be done, if anything.
    package mutating func handle(_ event: Event, at now: Instant) -> Effect? {
        switch (state, event) {
        case (.authorizing, .authorized(.success(let authorization), let sentAt)):
            deadline = sentAt.advanced(by: authorization.lifetime)
            interval = max(authorization.interval, .seconds(1))
            waitForNextPoll(authorization, at: now)
        case (.authorizing, .authorized(.failure(let failure), _)):
            state = .failed(failure)
        case (.waiting(let authorization, let pollAt), .wake):
            if let deadline, now.hasReached(deadline) {
                state = Self.tooLate
            } else if now.hasReached(pollAt) {
                state = .polling(authorization)
                return .poll(authorization)
            }
        case (.polling(let authorization), .polled(let answer, let sentAt)):
            return take(answer, of: authorization, sentAt: sentAt, at: now)
        case (.delivering, .taken(let saved)):
            state = .done(saved: saved)
        case (.authorizing, .cancelled), (.waiting, .cancelled), (.polling, .cancelled):
            state = .cancelled
        default:
            break
        }
        return nil
    }

    private mutating func take(
        _ answer: DevicePoll,
        of authorization: DeviceAuthorization,
        sentAt: Instant,
        at now: Instant
    ) -> Effect? {
        switch answer {
        case .tokens(let tokens):
            state = .delivering
            return .deliver(tokens, sentAt: sentAt)
        case .pending:
            failures = 0
            waitForNextPoll(authorization, at: now)
        case .slowDown(let asked):
            failures = 0
            isSlowed = true
            interval = max(interval + Self.slowDownStep, asked ?? .zero)
            waitForNextPoll(authorization, at: now)
        case .denied(let detail):
            state = .denied(detail)
        case .expired(let detail):
            state = .expired(detail)
        case .failed(let failure) where failure.rotatedRefreshToken != nil:
            state = .delivering
            return .deliverRefreshToken(failure)
        case .failed(let failure):
            guard case .temporary(_, let retryAfter) = failure.class else {
                state = .failed(failure)
                return nil
            }
            failures += 1
            let pause = min(interval * (1 << min(failures, 6)), max(interval, Self.longestPause))
            waitForNextPoll(authorization, pause: max(pause, retryAfter ?? .zero), at: now)
        }
        return nil
    }

    private mutating func waitForNextPoll(_ authorization: DeviceAuthorization, pause: Duration? = nil, at now: Instant)
    {
        if let deadline, now.hasReached(deadline) {
            state = Self.tooLate
        } else {
            state = .waiting(authorization, pollAt: now.advanced(by: pause ?? interval))
        }
    }

    /// Whether nothing more will happen.
    package var isOver: Bool {
        switch state {
        case .authorizing, .waiting, .polling, .delivering: false
        case .done, .denied, .expired, .failed, .cancelled: true
        }
    }

    /// What the person is shown, once it is known and while it is of use.
    package var authorization: DeviceAuthorization? {
        switch state {
        case .waiting(let authorization, _), .polling(let authorization): authorization
        case .authorizing, .delivering, .done, .denied, .expired, .failed, .cancelled: nil
        }
    }

    /// The moment at which `wake` must be handed in.
    package func earliestWake(at now: Instant) -> Instant? {
        guard case .waiting(_, let pollAt) = state else { return nil }
        guard let deadline else { return pollAt }
        return now.remaining(until: deadline) < now.remaining(until: pollAt) ? deadline : pollAt
    }
}
