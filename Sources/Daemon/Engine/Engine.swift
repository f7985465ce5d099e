import Accounts
import Dispatch
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
        package var portal: AccessPortal
        package var published: PublishedTokens
        package var events: EventLog
        package var logger: Logger
        package var now: @Sendable () -> Instant
        package var tokensHandedOut: @Sendable () -> Int
        /// Reads the configuration file; called for each reload, on a thread that may be blocked.
        package var loadSettings: @Sendable () throws(SettingsErrors) -> Settings
        /// Tells the service manager how things stand, in one line.
        package var report: @Sendable (String) -> Void
        /// Called from ticks, and so when the engine is demonstrably alive; at least once in one and a half times
        /// `longestSleep`, and hardly more often than twice in it.
        package var signOfLife: @Sendable () async -> Void
        /// The longest time between two ticks.
        package var longestSleep: Duration

        /// Takes them all; those that only a whole daemon has may be left out.
        package init(
            store: TokenStore,
            issuers: IssuerClient,
            portal: AccessPortal,
            published: PublishedTokens,
            events: EventLog,
            logger: Logger,
            now: @escaping @Sendable () -> Instant,
            tokensHandedOut: @escaping @Sendable () -> Int = { 0 },
            loadSettings: @escaping @Sendable () throws(SettingsErrors) -> Settings,
            report: @escaping @Sendable (String) -> Void = { _ in },
            signOfLife: @escaping @Sendable () async -> Void = {},
            longestSleep: Duration = .seconds(120)
        ) {
            self.store = store
            self.issuers = issuers
            self.portal = portal
            self.published = published
            self.events = events
            self.logger = logger
            self.now = now
            self.tokensHandedOut = tokensHandedOut
            self.loadSettings = loadSettings
            self.report = report
            self.signOfLife = signOfLife
            self.longestSleep = longestSleep
        }
    }

    let surroundings: Surroundings
    let daemon: DaemonFacts
    let startedAt: Instant
    var logger: Logger { surroundings.logger }

    var desks: [AccountDesk.ID: AccountDesk] = [:]
    /// The desk of each configured account.
    var live: [String: AccountDesk.ID] = [:]
    /// The accounts in the order of the configuration.
    var order: [String] = []
    var policy = RefreshPolicy()
    var nextDesk: AccountDesk.ID = 0
    /// How many desks have been cleared away, and how many logins forgotten. What was read from the store before the last
    /// of them may be older than what was written then.
    var departures = 0

    /// Where reloads read files, one after the other.
    let reloadQueue = DispatchQueue(label: "tokend.reload")
    var lastReload = 0
    var appliedReload = 0
    var configurationError: String?

    var nextWaiter: Waiter.ID = 0
    var readers: [Waiter.ID: CheckedContinuation<Answer, Never>] = [:]
    var logins: [String: LoginDesk] = [:]
    var nextWatcher: LoginDesk.Watcher = 0
    /// Who asked for the logout that is being handed in at this moment.
    var asker: CheckedContinuation<LogoutAnswer, Never>?
    /// The logins that are forgotten here and that the store could not forget yet. It may hold them, but not bring them
    /// back.
    var unburied: [GrantID: RevokedToken] = [:]
    var revocations: [RevocationDesk] = []
    /// Those of the store's rows of which an issuer is being told now.
    var revoking: Set<PendingRevocation.ID> = []

    var counters = Counters()
    /// The accounts whose issuers have been found to give lifetimes as moments.
    var absoluteLifetimes: Set<String> = []
    var reportedStatus: String?
    var isReportDue = false

    /// How many calls the store has got, and which of them was the last that has told how the store is.
    var storeCalls = 0
    var lastStoreNote = 0
    var storeFailure: StoreError?

    private var timer: (moment: Instant, isOverdue: Bool, task: Task<Void, Never>)?
    private var lastSignOfLife: Instant
    private(set) var isStopping = false
    private var errands = 0
    private var drained: [CheckedContinuation<Void, Never>] = []

    /// Makes an engine without accounts; `apply` or `reload` gives it some.
    package init(_ surroundings: Surroundings, daemon: DaemonFacts) {
        self.surroundings = surroundings
        self.daemon = daemon
        startedAt = surroundings.now()
        lastSignOfLife = startedAt
    }

    func tokensHandedOut() -> Int { surroundings.tokensHandedOut() }

    func now() -> Instant { surroundings.now() }

    /// Hands an event to a machine and does what it asks for.
    func deliver(_ event: Event, to desk: AccountDesk.ID) {
        let now = now()
        let jitter = Double.random(in: 0...1)
        guard let effects = desks[desk]?.machine.handle(event, at: now, jitter: jitter) else { return }
        for effect in effects { carryOut(effect, of: desk, at: now) }
        let wakeAt = desks[desk]?.machine.earliestWake(at: now)
        desks[desk]?.wakeAt = wakeAt
        if desks[desk]?.isFinished == true {
            desks[desk] = nil
            departures += 1
            endDrainIfDone()
        }
        arm(for: wakeAt, at: now)
    }

    // MARK: - Time

    /// Sees to it that there is a tick by the time named, and in any case after the longest sleep: whatever happens to the
    /// clocks heals then.
    ///
    /// A tick that was to come earlier is left alone, even if what it was for is done: it finds nothing to do, and arms the
    /// timer for what comes next.
    func arm(for moment: Instant?, at now: Instant) {
        let latest = now.advanced(by: surroundings.longestSleep)
        let moments = [moment, latest].compactMap(\.self)
        let moment = moments.min { now.remaining(until: $0) < now.remaining(until: $1) } ?? latest
        var isOverdue = false
        if let timer {
            // The clock may have been moved past the moment of a timer that sleeps on. That one is replaced, but only once:
            // under many events a tick must not be put off by each of them.
            isOverdue = now.hasReached(timer.moment)
            let isSoonEnough = now.remaining(until: timer.moment) <= now.remaining(until: moment)
            if timer.isOverdue || isSoonEnough && !isOverdue { return }
        }
        timer?.task.cancel()
        let sleep = isOverdue ? .zero : max(now.remaining(until: moment), .milliseconds(1))
        let task = Task { [weak self] in
            // The continuous clock goes on while the machine is suspended, so that this wakes up with it.
            do { try await Task.sleep(for: sleep, clock: .continuous) } catch { return }
            await self?.tick()
        }
        timer = (moment, isOverdue, task)
    }

    private func tick() async {
        // Another may have been armed after this one had slept enough.
        guard !Task.isCancelled else { return }
        timer = nil
        let now = now()
        for (id, desk) in desks {
            if let wakeAt = desk.wakeAt, now.hasReached(wakeAt) { deliver(.wake, to: id) }
        }
        for (id, login) in logins {
            if let wakeAt = login.machine.earliestWake(at: now), now.hasReached(wakeAt) { deliver(.wake, toLogin: id) }
        }
        retryRevocations(at: now)
        retryBurials(at: now)
        maintainStore(at: now)
        forgetOldLogins(at: now)
        let wakes = desks.values.compactMap(\.wakeAt) + logins.values.compactMap { $0.machine.earliestWake(at: now) }
        arm(for: wakes.min { now.remaining(until: $0) < now.remaining(until: $1) }, at: now)
        guard now.hasReached(lastSignOfLife.advanced(by: surroundings.longestSleep / 2)) else { return }
        lastSignOfLife = now
        await surroundings.signOfLife()
    }

    // MARK: - The end

    /// Stops serving: everyone who waits is answered, nothing is served or begun any more, and what is under way goes on
    /// to its end.
    package func close() {
        isStopping = true
        cancelAllLogins()
        for id in desks.keys { deliver(.retired, to: id) }
    }

    /// Stops serving, and returns when everything that was on its way is saved, or revoked where nobody wants it any more;
    /// at the latest when `patience` is over.
    package func drain(patience: Duration) async {
        close()
        if !isDrained {
            let limit = Task { [weak self] in
                do { try await Task.sleep(for: patience, clock: .continuous) } catch { return }
                await self?.giveUpDraining()
            }
            await withCheckedContinuation { drained.append($0) }
            limit.cancel()
        }
        timer?.task.cancel()
    }

    /// Begins something that no machine waits for and a stopping daemon does.
    func beginErrand() { errands += 1 }

    func endErrand() {
        errands -= 1
        endDrainIfDone()
    }

    private var isDrained: Bool { desks.isEmpty && errands == 0 }

    private func endDrainIfDone() {
        if isDrained { endDrain() }
    }

    private func giveUpDraining() {
        for desk in desks.values {
            logger.warning("\(desk.name): what was under way has not come to its end in time")
        }
        endDrain()
    }

    private func endDrain() {
        let waiting = drained
        drained = []
        for continuation in waiting { continuation.resume() }
    }
}
