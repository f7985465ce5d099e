import Accounts
import Gateways
import Glibc
import LocalAPI
import Logging
import OAuth
import Settings
import TokenStore
import Transport

/// What the daemon is made of, opened in the order in which each needs the one before: the lock and the store first, so
/// that a second daemon touches nothing.
struct Parts: Sendable {
    let store: TokenStore
    let transport: Transport
    let listener: Listener
    let published: PublishedTokens
    let events: EventLog
    let readLog: ReadLog
    let engine: Engine

    /// What the unit calls the socket of the HTTP API.
    private static let socketName = "api"

    /// Opens everything and puts the configuration in force.
    ///
    /// What the store holds goes to the engine and is kept nowhere else: a secret that is replaced is to be gone.
    ///
    /// - Throws: `SettingsErrors`, `StoreError`, `ListenerError` or `TransportError`; what was opened before is closed
    ///   again.
    init(
        paths: Paths,
        passed: PassedSockets,
        environment: [String: String],
        notifier: ServiceNotifier,
        clock: SystemClock,
        logger: Logger,
        loadSettings: @escaping @Sendable () throws(SettingsErrors) -> Settings
    ) async throws {
        let settings = try loadSettings()
        for warning in settings.warnings { logger.warning("\(warning)") }
        let contents: StoredContents
        let store = try TokenStore.open(
            stateDirectory: paths.stateDirectory,
            credentialsDirectory: environment["CREDENTIALS_DIRECTORY"],
            now: clock.now()
        )
        do {
            contents = try store.load(at: clock.now())
            Self.report(store, contents, to: logger)
            for name in passed.descriptors.keys.sorted() where name != Self.socketName {
                logger.warning("the service manager passes a socket named \(name), which nobody serves here")
            }
            transport = try Transport(
                userAgent: "tokend/\(Daemon.version)",
                proxy: Proxy(environment: environment)
            )
            listener =
                if let descriptor = passed.descriptors[Self.socketName] {
                    try Listener.adopt(descriptor)
                } else {
                    try Listener.bind(path: paths.socket, replacingStale: true)
                }
        } catch {
            store.close()
            throw error
        }
        self.store = store
        published = PublishedTokens()
        events = EventLog(after: UInt64(max(0, clock.now().wall / .milliseconds(1))))
        let readLog = ReadLog(logger: logger)
        self.readLog = readLog
        let now = { @Sendable in clock.now() }
        let outside = Outside(transport: transport, environment: environment, now: now)
        engine = Engine(
            Engine.Surroundings(
                store: store,
                issuers: outside.issuers,
                portal: outside.portal,
                published: published,
                events: events,
                logger: logger,
                now: now,
                tokensHandedOut: { readLog.handedOut },
                loadSettings: loadSettings,
                report: { notifier.status($0) },
                signOfLife: { await Self.signOfLife(store, notifier) },
                longestSleep: min(.seconds(120), (notifier.watchdogInterval ?? .seconds(240)) / 2)
            ),
            daemon: DaemonFacts(
                version: Daemon.version,
                pid: getpid(),
                startedAt: Answers.timestamp(now()),
                configurationPath: paths.configuration
            )
        )
        outside.link.connect(to: engine)
        await engine.apply(settings, stored: contents.grants)
    }

    /// Tells the service manager that the daemon lives, once the store has answered too. The engine calls this from its
    /// ticks, so a ping means that both do their work.
    private static func signOfLife(_ store: TokenStore, _ notifier: ServiceNotifier) async {
        guard notifier.watchdogInterval != nil else { return }
        let isWell = await withCheckedContinuation { continuation in
            store.check { result in
                // A full disk is no reason to be killed: what is held in memory would be lost.
                if case .failure(let error) = result, error.code == .closed {
                    continuation.resume(returning: false)
                } else {
                    continuation.resume(returning: true)
                }
            }
        }
        if isWell { notifier.watchdog() }
    }

    private static func report(_ store: TokenStore, _ contents: StoredContents, to logger: Logger) {
        if let recovery = store.recovery {
            let restored =
                recovery.restoredFrom.map { "restored from \($0)" } ?? "begun anew: every login must be made again"
            logger.error("\(recovery.damage.message) It is kept as \(recovery.setAside); the store was \(restored)")
        }
        for (grant, error) in contents.unreadable {
            logger.error("\(grant.account): \(error.message)")
        }
    }
}
