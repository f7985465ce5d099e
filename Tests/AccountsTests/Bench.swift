import Accounts
import OAuth
import Testing

/// A machine on a workbench: the test plays the clock, the store, the issuer and the readers.
struct Bench {
    private(set) var machine: AccountMachine
    private(set) var now = Bench.start
    /// The random number that goes in with every event.
    var jitter = 0.0

    /// The last intent, request and record that the machine asked for.
    private(set) var intent: UInt64?
    private(set) var attempt: Attempt?
    private(set) var record: StoredGrant?

    static let start = Instant(wall: .seconds(1_700_000_000), boot: .seconds(5000), bootID: "first boot")
    static let id = GrantID(account: "work", fingerprint: "issuer and client")
    static let scope = Scope(["mail", "files"])

    /// A machine that has just been made and knows nothing but what the store gave it.
    init(
        stored: StoredGrant? = nil,
        source: Renewal? = nil,
        scope: Scope = Bench.scope,
        policy: RefreshPolicy = RefreshPolicy(),
        at now: Instant = Bench.start
    ) {
        self.now = now
        machine = AccountMachine(id: Self.id, policy: policy, source: source, scope: scope, stored: stored, at: now)
    }

    /// An account with a login that was renewed this very moment: token `a1` for an hour, refresh token `r1`.
    static func fresh(source: Renewal? = nil, policy: RefreshPolicy = RefreshPolicy()) -> Bench {
        var bench = Bench(stored: .example(), source: source, policy: policy)
        bench.send(.wake)
        return bench
    }

    /// An account whose token `a1` has ended, with the request for the next one under way.
    static func inFlight(source: Renewal? = nil) -> Bench {
        var bench = Bench(stored: .example(age: .seconds(4000)), source: source)
        bench.send(.wake)
        bench.recordIntent()
        return bench
    }

    /// Hands in an event at the present moment.
    @discardableResult
    mutating func send(_ event: Event) -> [Effect] {
        let effects = machine.handle(event, at: now, jitter: jitter)
        for effect in effects {
            switch effect {
            case .recordIntent(let generation): intent = generation
            case .send(let attempt): self.attempt = attempt
            case .save(let record): self.record = record
            default: break
            }
        }
        return effects
    }

    /// Lets time pass, and hands in the wakes that the machine asks for on the way.
    @discardableResult
    mutating func advance(by duration: Duration) -> [Effect] {
        let end = now.advanced(by: duration)
        var effects: [Effect] = []
        var wakes = 0
        while let wake = machine.earliestWake(at: now), now.remaining(until: wake) <= now.remaining(until: end) {
            wakes += 1
            guard wakes < 10_000 else {
                Issue.record("the machine wants to be woken without end")
                break
            }
            if !now.hasReached(wake) { now = wake }
            effects += send(.wake)
        }
        now = end
        return effects
    }

    /// Lets time pass unnoticed, as a suspended machine does; without a wake.
    mutating func sleep(_ duration: Duration) { now = now.advanced(by: duration) }

    /// Sets the wall clock, and it alone.
    mutating func setClock(by duration: Duration) { now.wall += duration }

    /// How long it is from now until the machine wants to be woken.
    var untilWake: Duration? { machine.earliestWake(at: now).map(now.remaining) }

    /// The word that people see.
    var state: AccountState { machine.state(at: now) }

    /// The plain text of the token that is held and lives.
    var held: String? { machine.token(at: now)?.token.secret.revealText() }
}

/// The other parties of the play.
extension Bench {
    /// A reader asks.
    @discardableResult
    mutating func read(
        _ id: Waiter.ID = 1,
        _ want: Waiter.Want = .token,
        kind: TokenKind = .accessToken,
        variant: TokenVariant = .standard,
        minValid: Duration? = nil,
        wait: Duration = .seconds(30)
    ) -> [Effect] {
        let deadline = now.advanced(by: wait)
        return send(
            .read(Waiter(id: id, want: want, kind: kind, variant: variant, minValid: minValid, deadline: deadline))
        )
    }

    /// The store has made the intent durable.
    @discardableResult
    mutating func recordIntent() -> [Effect] { send(.recorded(generation: intent ?? .max)) }

    /// The issuer gives tokens.
    @discardableResult
    mutating func give(_ tokens: TokenSet, took: Duration = .zero) -> [Effect] {
        let sentAt = now
        now = now.advanced(by: took)
        return send(.answered(generation: attempt?.generation ?? .max, .success(tokens), sentAt: sentAt))
    }

    /// The attempt fails.
    @discardableResult
    mutating func fail(_ failure: Failure) -> [Effect] {
        send(.answered(generation: attempt?.generation ?? .max, .failure(failure), sentAt: now))
    }

    /// The store has made the record durable.
    @discardableResult
    mutating func save() -> [Effect] { send(.saved(generation: record?.generation ?? .max)) }

    /// The store cannot be written.
    @discardableResult
    mutating func failSave() -> [Effect] { send(.saveFailed(generation: record?.generation ?? .max, .storeFailed)) }

    /// Everything goes well, from the intent to the disk.
    @discardableResult
    mutating func renew(_ tokens: TokenSet) -> [Effect] { recordIntent() + give(tokens) + save() }
}

extension StoredGrant {
    /// A login with token `a1` for an hour and refresh token `r1`, obtained `age` before the tests' beginning.
    static func example(
        generation: UInt64 = 7,
        scope: Scope = Bench.scope,
        refreshToken: String? = "r1",
        age: Duration = .zero,
        lifetime: Duration = .seconds(3600),
        idToken: String? = nil,
        idTokenLifetime: Duration = .seconds(3600),
        intentAt: Instant? = nil,
        ended: EndedCause? = nil
    ) -> StoredGrant {
        let obtained = Bench.start.advanced(by: .zero - age)
        func token(_ text: String, _ type: String, _ lifetime: Duration) -> Token {
            Token(secret: Secret(text), type: type, scope: scope, obtained: obtained, lifetime: lifetime)
        }
        return StoredGrant(
            id: Bench.id,
            generation: generation,
            requestedScope: scope,
            refreshToken: refreshToken.map(Secret.init),
            token: token("a1", "Bearer", lifetime),
            idToken: idToken.map { token($0, "N_A", idTokenLifetime) },
            subject: "ada",
            lastRefreshAt: obtained,
            intentAt: intentAt,
            ended: ended
        )
    }
}

extension TokenSet {
    /// What the issuer gives: an access token for an hour and, where one is named, a new refresh token.
    static func example(
        _ accessToken: String = "a2",
        refreshToken: String? = nil,
        lifetime: Duration? = .seconds(3600),
        idToken: IDToken? = nil,
        scope: Scope? = nil
    ) -> TokenSet {
        TokenSet(
            accessToken: Secret(accessToken),
            lifetime: lifetime,
            refreshToken: refreshToken.map(Secret.init),
            idToken: idToken,
            scope: scope
        )
    }
}

extension Failure {
    static let notSent = Failure(.temporary(.notSent), code: "dns", detail: "no such host")
    static let noAnswer = Failure(.temporary(.unknown), code: "timeout", detail: "no answer in time")
    static let unavailable = Failure(.temporary(.answered), code: "temporarily_unavailable", detail: "")
    static let invalidGrant = Failure(.grantEnded, code: "invalid_grant", detail: "the session was revoked")
    static let invalidClient = Failure(.misconfigured, code: "invalid_client", detail: "unknown client")
    static let invalidScope = Failure(.variantRefused, code: "invalid_scope", detail: "not for you")
    static let invalidRequest = Failure(.misconfigured, code: "invalid_request", detail: "resource is unknown here")
    static let accessDenied = Failure(.denied, code: "access_denied", detail: "a policy says no")
    static let webPage = Failure(.temporary(.unknown), code: Code.notJSON, detail: "a web page")
    static let storeFailed = Failure(.temporary(.notSent), code: Code.storeFailed, detail: "the disk is full")

    /// An issuer that wants to be left alone.
    static func tooMany(retryAfter: Duration) -> Failure {
        Failure(.temporary(.answered, retryAfter: retryAfter), code: "http_429", detail: "too many requests")
    }
}
