import Accounts
import OAuth

/// A machine among parties who act at random: readers come and go, the store and the issuer answer late, wrongly or not
/// at all, people log in and out, and time jumps. After each event the rules of `check` must hold.
struct RandomPlay {
    private var generator: SeededGenerator
    private var machine: AccountMachine
    private let source: Renewal?
    private var store: Store
    private var now = Bench.start

    /// Requests that the issuer has not answered yet, with the login they belong to.
    private var requests: [(attempt: Attempt, login: Int)] = []
    private var login = 0
    /// Logins whose end has not been told.
    private var openLogins = 0
    /// The newest refresh token that the machine has been given for the login in force.
    private var newest: Secret?
    /// For each access token the refresh token in force when it came.
    private var companions: [Secret: Secret?] = [:]
    private var waiting: [Waiter.ID: Waiter] = [:]
    private var lastWaiter: Waiter.ID = 0
    private var lastSecret = 0
    private var past: [Event] = []
    private var isRetired = false

    /// What no rendering of anything may contain.
    static let mark = "s3cr3t"

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        var stored: StoredGrant?
        source = generator.chance(25) ? .clientCredentials : nil
        if generator.chance(70) {
            stored = .example(
                refreshToken: generator.chance(85) ? "\(Self.mark) stored" : nil,
                age: .seconds(generator.pick(0, 1000, 3590, 5000)),
                idToken: generator.chance(30) ? "\(Self.mark) id" : nil,
                intentAt: generator.chance(20) ? Bench.start : nil
            )
            stored?.token?.secret = Secret("\(Self.mark) token")
        }
        store = Store(stored)
        newest = stored?.refreshToken
        if let token = stored?.token { companions[token.secret] = newest }
        machine = AccountMachine(
            id: Bench.id,
            policy: RefreshPolicy(),
            source: source,
            scope: Bench.scope,
            stored: stored,
            at: now
        )
    }

    /// Plays one sequence to its end: after the random part everybody answers, so that nothing may stay open.
    mutating func run(steps: Int) throws(Violation) {
        try deliver(.wake)
        for _ in 0..<steps { try step() }
        try settle()
    }

    private mutating func step() throws(Violation) {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<25: try read()
        case 25..<30: try abandon()
        case 30..<52: try workStore(fails: generator.chance(12))
        case 52..<70: try answer()
        case 70..<75: try repeatPast()
        case 75..<90: try pass(.milliseconds(generator.pick(1, 200, 999, 1000, 5000, 30_000, 600_000)))
        case 90..<92: try jump()
        case 92..<94: try logIn()
        case 94..<95: try deliver(.loggedOut)
        case 95..<97: try deliver(generator.pick(.loginBegan, .loginEnded))
        case 97..<99: try reconfigure()
        default: if generator.chance(15) { try deliver(.retired) }
        }
    }

    private mutating func settle() throws(Violation) {
        for _ in 0..<200 {
            while !store.jobs.isEmpty || !requests.isEmpty {
                try workStore(fails: false)
                if !requests.isEmpty { try answer(with: .success(tokens(lifetime: .seconds(3600)))) }
            }
            if waiting.isEmpty, openLogins == 0, !isRetired || machine.isFinished { break }
            try pass(.seconds(10))
        }
        try require(waiting.isEmpty, "readers \(waiting.keys.sorted()) were never answered")
        try require(openLogins == 0, "\(openLogins) logins have no end")
        try require(!isRetired || machine.isFinished, "the retired login does not come to its end")
    }
}

/// What the parties do.
extension RandomPlay {
    private mutating func read() throws(Violation) {
        lastWaiter += 1
        let variant: TokenVariant =
            generator.chance(70)
            ? .standard : TokenVariant(audience: ["api \(Int.random(in: 0..<40, using: &generator))"])
        let waiter = Waiter(
            id: lastWaiter,
            want: generator.chance(75) ? .token : generator.pick(.newToken, .attempt),
            kind: generator.chance(85) ? .accessToken : .idToken,
            variant: variant,
            minValid: generator.chance(60) ? nil : .seconds(generator.pick(0, 30, 3000, 100_000)),
            deadline: now.advanced(by: .seconds(generator.pick(0, 1, 30, 300)))
        )
        waiting[waiter.id] = waiter
        try deliver(.read(waiter))
    }

    private mutating func abandon() throws(Violation) {
        guard let id = waiting.keys.sorted().randomElement(using: &generator) else { return }
        waiting[id] = nil
        try deliver(.abandoned(id))
    }

    private mutating func workStore(fails: Bool) throws(Violation) {
        guard let event = try store.work(fails: fails) else { return }
        past.append(event)
        try deliver(event)
    }

    private mutating func answer() throws(Violation) {
        guard !requests.isEmpty else { return }
        let result: Result<TokenSet, Failure>
        if generator.chance(55) {
            result = .success(tokens(lifetime: generator.pick(.seconds(3600), .seconds(20), .seconds(1), .zero, nil)))
        } else {
            result = .failure(failure())
        }
        try answer(with: result)
    }

    private mutating func answer(with result: Result<TokenSet, Failure>) throws(Violation) {
        guard let index = requests.indices.randomElement(using: &generator) else { return }
        let (attempt, login) = requests.remove(at: index)
        let brought =
            switch result {
            case .success(let tokens): tokens.refreshToken
            case .failure(let failure): failure.rotatedRefreshToken
            }
        let isLate = login != self.login
        if !isLate {
            newest = brought ?? newest
            if case .success(let tokens) = result { note(tokens) }
            if case .failure(.invalidGrant) = result, case .refreshToken = attempt.renewal, source != nil {
                newest = nil
            }
        }
        let event = Event.answered(generation: attempt.generation, result, sentAt: now)
        past.append(event)
        let effects = try deliver(event)
        if isLate, let brought, brought != newest {
            try require(effects.contains(.revoke(brought)), "a late refresh token was dropped")
        }
    }

    /// Repeats what an earlier generation has been told already.
    private mutating func repeatPast() throws(Violation) {
        let generation = machine.generation
        let stale = past.filter { event in
            switch event {
            case .recorded(let old), .recordFailed(let old, _), .answered(let old, _, _), .saveFailed(let old, _):
                old < generation
            case .saved: true
            default: false
            }
        }
        if let event = stale.randomElement(using: &generator) { try deliver(event) }
    }

    /// Lets time pass with every wake that is asked for.
    private mutating func pass(_ duration: Duration) throws(Violation) {
        let end = now.advanced(by: duration)
        var wakes = 0
        while let wake = machine.earliestWake(at: now), now.remaining(until: wake) <= now.remaining(until: end) {
            now = now.advanced(by: now.remaining(until: wake))
            wakes += 1
            try require(wakes < 400, "\(wakes) wakes in \(duration)")
            try deliver(.wake)
        }
        now = end
    }

    /// Time that nobody saw pass, as in a suspension, or a wall clock that is set.
    private mutating func jump() throws(Violation) {
        if generator.chance(50) {
            now = now.advanced(by: .seconds(generator.pick(600, 7200, 259_200)))
        } else {
            now.wall += .seconds(generator.pick(-86_400, 86_400))
        }
        try deliver(.wake)
    }

    private mutating func logIn() throws(Violation) {
        let tokens = tokens(lifetime: generator.pick(.seconds(3600), .seconds(1), nil))
        openLogins += 1
        login += 1
        newest = tokens.refreshToken
        note(tokens)
        try deliver(.loggedIn(tokens, scope: Bench.scope, sentAt: now))
    }

    private mutating func note(_ tokens: TokenSet) {
        companions[tokens.accessToken] = newest
        if let idToken = tokens.idToken { companions[idToken.token] = newest }
    }

    private mutating func reconfigure() throws(Violation) {
        let policy = RefreshPolicy(margin: .seconds(generator.pick(60, 1200)))
        try deliver(.reconfigured(policy, source: source, scope: Bench.scope))
    }

    private mutating func tokens(lifetime: Duration?) -> TokenSet {
        TokenSet(
            accessToken: secret(),
            lifetime: lifetime,
            refreshToken: generator.chance(60) ? secret() : generator.chance(30) ? newest : nil,
            idToken: generator.chance(30)
                ? IDToken(token: secret(), lifetime: .seconds(generator.pick(0, 1, 300)), subject: nil) : nil
        )
    }

    private mutating func failure() -> Failure {
        var failure: Failure = generator.pick(
            .notSent,
            .noAnswer,
            .unavailable,
            .webPage,
            .invalidGrant,
            .invalidClient,
            .invalidScope,
            .accessDenied,
            .tooMany(retryAfter: .seconds(generator.pick(0, 1, 90)))
        )
        if failure.class == .temporary(.answered), generator.chance(30) { failure.rotatedRefreshToken = secret() }
        return failure
    }

    private mutating func secret() -> Secret {
        lastSecret += 1
        return Secret("\(Self.mark) \(lastSecret)")
    }
}

/// The rules.
extension RandomPlay {
    @discardableResult
    private mutating func deliver(_ event: Event) throws(Violation) -> [Effect] {
        if case .loggedOut = event {
            login += 1
            newest = nil
        }
        if case .retired = event { isRetired = true }
        if case .reconfigured = event { isRetired = false }
        let effects = machine.handle(event, at: now, jitter: Double.random(in: 0...1, using: &generator))
        for effect in effects {
            try check(effect)
            store.accept(effect)
        }
        for waiter in waiting.values {
            try require(!now.hasReached(waiter.deadline), "reader \(waiter.id) waits longer than it wanted to")
        }
        if let wake = machine.earliestWake(at: now) {
            try require(now.remaining(until: wake) > .zero, "a wake is asked for that has passed")
        }
        try checkSecrecy(effects)
        return effects
    }

    private mutating func check(_ effect: Effect) throws(Violation) {
        switch effect {
        case .send(let attempt):
            try check(attempt)
            requests.append((attempt, login))
        case .reply(let id, let answer):
            try require(waiting.removeValue(forKey: id) != nil, "reader \(id) was answered twice")
            if case .token(let served) = answer { try check(served) }
        case .publish(_, let served):
            try check(served)
            try require(!isRetired, "a retired login was published")
            try require(served.degradation != .short, "a short token was published")
        case .revoke(let token):
            try require(token != newest, "the refresh token in force was revoked")
        case .announce(.loggedIn):
            openLogins -= 1
        case .recordIntent, .clearIntent, .save, .bury, .withdraw, .announce:
            break
        }
    }

    private func check(_ attempt: Attempt) throws(Violation) {
        try require(!requests.contains { $0.login == login }, "two requests are under way")
        try require(!isRetired, "a retired login sent a request")
        guard case .refreshToken(let token, _) = attempt.renewal else { return }
        try require(store.intent == attempt.generation, "a request was sent without its intent")
        try require(store.row?.refreshToken == token, "a refresh token was sent that is not on the disk")
        try require(token == newest, "an old refresh token was sent")
    }

    private func check(_ served: ServedToken) throws(Violation) {
        try require(served.token.remaining(at: now) > .zero, "an ended token was handed out")
        guard served.degradation == nil, let companion = companions[served.token.secret] else { return }
        try require(store.known.contains(companion), "a token was seen before its refresh token was on the disk")
    }

    private mutating func checkSecrecy(_ effects: [Effect]) throws(Violation) {
        guard generator.chance(1) else { return }
        var text = "\(effects) \(machine) \(String(reflecting: effects)) \(String(reflecting: machine))"
        dump(effects, to: &text)
        dump(machine, to: &text)
        try require(!text.contains(Self.mark), "a secret shows itself")
    }

    private func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws(Violation) {
        guard holds else { throw Violation(rule()) }
    }
}
