import Accounts
package import Gateways
import LocalAPI
package import Logging
package import OAuth
package import Settings
package import TokenStore

/// Owns every account's machine: hands events in, carries effects out, and keeps the one timer.
///
/// Nothing here decides anything about tokens. The machines do, and each of them sees its events one after the other,
/// because all go through this actor and none of its steps waits for anything.
package actor Engine {
    /// What the engine acts through.
    package struct Surroundings: Sendable {
        package var store: TokenStore
        package var issuers: IssuerClient
        package var published: PublishedTokens
        package var events: EventLog
        package var logger: Logger
        package var now: @Sendable () -> Instant
        package var tokensHandedOut: @Sendable () -> Int
        /// Reads the configuration file; called for each reload.
        package var loadSettings: @Sendable () throws(SettingsErrors) -> Settings
        /// Tells the service manager how things stand, in one line.
        package var report: @Sendable (String) -> Void
        /// Called with every tick, when the engine is demonstrably alive.
        package var onTick: @Sendable () async -> Void
        /// The longest time between two ticks.
        package var longestSleep: Duration

        package init(
            store: TokenStore,
            issuers: IssuerClient,
            published: PublishedTokens,
            events: EventLog,
            logger: Logger,
            now: @escaping @Sendable () -> Instant,
            tokensHandedOut: @escaping @Sendable () -> Int = { 0 },
            loadSettings: @escaping @Sendable () throws(SettingsErrors) -> Settings,
            report: @escaping @Sendable (String) -> Void = { _ in },
            onTick: @escaping @Sendable () async -> Void = {},
            longestSleep: Duration = .seconds(60)
        ) {
            self.store = store
            self.issuers = issuers
            self.published = published
            self.events = events
            self.logger = logger
            self.now = now
            self.tokensHandedOut = tokensHandedOut
            self.loadSettings = loadSettings
            self.report = report
            self.onTick = onTick
            self.longestSleep = longestSleep
        }
    }

    let surroundings: Surroundings
    let daemon: DaemonFacts
    var logger: Logger { surroundings.logger }

    var desks: [AccountDesk.ID: AccountDesk] = [:]
    /// The desk of each configured account.
    var live: [String: AccountDesk.ID] = [:]
    /// The accounts in the order of the configuration.
    var order: [String] = []
    var policy = RefreshPolicy()
    var configurationError: String?
    var nextDesk: AccountDesk.ID = 0

    var nextWaiter: Waiter.ID = 0
    var readers: [Waiter.ID: CheckedContinuation<Answer, Never>] = [:]
    var logouts: [AccountDesk.ID: CheckedContinuation<LogoutAnswer, Never>] = [:]
    var logins: [String: LoginDesk] = [:]
    var revocations: [RevocationDesk] = []
    var counters = Counters()
    var reportedStatus: String?
    let startedAt: Instant
    var storeFailure: StoreError?

    private var timer: Task<Void, Never>?
    private var armedFor: Instant?
    private var drained: [CheckedContinuation<Void, Never>] = []

    package init(_ surroundings: Surroundings, daemon: DaemonFacts) {
        self.surroundings = surroundings
        self.daemon = daemon
        startedAt = surroundings.now()
    }

    func tokensHandedOut() -> Int { surroundings.tokensHandedOut() }

    func now() -> Instant { surroundings.now() }

    /// Hands an event to a machine and does what it asks for.
    func deliver(_ event: Event, to desk: AccountDesk.ID) {
        let now = now()
        let jitter = Double.random(in: 0...1)
        guard let effects = desks[desk]?.machine.handle(event, at: now, jitter: jitter) else { return }
        for effect in effects { carryOut(effect, of: desk, at: now) }
        if let machine = desks[desk]?.machine {
            desks[desk]?.wakeAt = machine.earliestWake(at: now)
            if machine.isFinished { desks[desk] = nil }
        }
        rearm(at: now)
        if isDrained { for waiting in drained { waiting.resume() }; drained = [] }
    }

    // MARK: - Time

    /// Arms the one timer for the earliest wake of all, at most one tick ahead: whatever happens to the clocks heals then.
    func rearm(at now: Instant) {
        let wakes = desks.values.compactMap(\.wakeAt) + logins.values.compactMap { $0.machine.earliestWake(at: now) }
        let tick = now.advanced(by: surroundings.longestSleep)
        let next = wakes.reduce(tick) { now.remaining(until: $1) < now.remaining(until: $0) ? $1 : $0 }
        // A tick that is armed already is good enough for a later one.
        if let armedFor, timer != nil, !now.hasReached(armedFor), now.remaining(until: armedFor) <= now.remaining(until: next),
            next == tick || armedFor == next
        {
            return
        }
        timer?.cancel()
        armedFor = next
        let sleep = max(now.remaining(until: next), .milliseconds(1))
        timer = Task { [weak self] in
            // The continuous clock goes on while the machine is suspended, so that this wakes up with it.
            do { try await Task.sleep(for: sleep, clock: .continuous) } catch { return }
            await self?.tick()
        }
    }

    private func tick() async {
        timer = nil
        armedFor = nil
        let now = now()
        for (id, desk) in desks {
            if let wakeAt = desk.wakeAt, now.hasReached(wakeAt) { deliver(.wake, to: id) }
        }
        for (id, login) in logins {
            if let wakeAt = login.machine.earliestWake(at: now), now.hasReached(wakeAt) { deliver(.wake, toLogin: id) }
        }
        retryRevocations(at: now)
        forgetOldLogins(at: now)
        rearm(at: now)
        await surroundings.onTick()
    }

    // MARK: - The end

    /// Brings what is under way to its end: answers every reader, starts nothing new, and returns when every token that
    /// was on its way is saved, or when `patience` is over.
    package func drain(patience: Duration) async {
        cancelAllLogins()
        for id in desks.keys { deliver(.retired, to: id) }
        guard !isDrained else { return }
        let limit = Task { [weak self] in
            try? await Task.sleep(for: patience, clock: .continuous)
            await self?.giveUpDraining()
        }
        await withCheckedContinuation { drained.append($0) }
        limit.cancel()
        timer?.cancel()
    }

    private var isDrained: Bool { desks.values.allSatisfy { !$0.machine.isBusy && $0.machine.isFinished } }

    private func giveUpDraining() {
        for waiting in drained { waiting.resume() }
        drained = []
    }
}
