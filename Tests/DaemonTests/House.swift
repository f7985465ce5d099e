import Accounts
import Daemon
import FoundationEssentials
import Gateways
import Glibc
import LocalAPI
import Logging
import OAuth
import SandboxIssuer
import Settings
import Synchronization
import TokenStore
import Transport

/// The daemon's engine with a real store, a real transport and a clock that tests can move, in a directory of its own.
struct House {
    let directory: String
    let engine: Engine
    let store: TokenStore
    let transport: Transport
    let published: PublishedTokens
    let events: EventLog
    let clock: MovableClock
    let configuration: Configuration
    /// What the engine has logged.
    let log: LogBook
    /// What it has told the service manager.
    var reports: [String] { reported.value.withLock { $0 } }
    private let reported: Reported

    private final class Reported: Sendable {
        let value = Mutex<[String]>([])
    }

    /// The configuration's text, which a test may change before a reload.
    final class Configuration: Sendable {
        private let value: Mutex<String>
        init(_ text: String) { value = Mutex(text) }
        var text: String {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }

    /// Runs a test in a house that is taken down afterwards.
    static func with(
        configuration: String,
        directory: String? = nil,
        clock: MovableClock = MovableClock(),
        environment: [String: String] = [:],
        _ body: (House) async throws -> Void
    ) async throws {
        let isOurs = directory == nil
        let directory = directory ?? newDirectory()
        let house = try await House(directory, Configuration(configuration), clock, environment)
        do {
            try await body(house)
        } catch {
            await house.tearDown()
            if isOurs { remove(directory) }
            throw error
        }
        await house.tearDown()
        if isOurs { remove(directory) }
    }

    static func remove(_ directory: String) { try? FileManager.default.removeItem(atPath: directory) }

    static func newDirectory() -> String {
        temporaryDirectory + "tokend-daemon-tests-\(getpid())-\(UInt64.random(in: .min ... .max))"
    }

    private static var temporaryDirectory: String {
        (getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/"
    }

    private init(
        _ directory: String,
        _ configuration: Configuration,
        _ clock: MovableClock,
        _ environment: [String: String]
    ) async throws {
        self.directory = directory
        self.configuration = configuration
        self.clock = clock
        log = LogBook()
        let reported = Reported()
        self.reported = reported
        let now = { @Sendable in clock.now() }
        store = try await Self.open(directory + "/state", at: now())
        transport = try Transport(userAgent: "tokend/test", proxy: nil)
        published = PublishedTokens()
        events = EventLog()
        let outside = Outside(transport: transport, environment: environment, now: now)
        engine = Engine(
            Engine.Surroundings(
                store: store,
                issuers: outside.issuers,
                portal: outside.portal,
                published: published,
                events: events,
                logger: log.logger,
                now: now,
                loadSettings: { () throws(SettingsErrors) in
                    try Settings(text: configuration.text, file: "config.toml", home: "/home/test")
                },
                report: { line in reported.value.withLock { $0.append(line) } }
            ),
            daemon: DaemonFacts(
                version: "test",
                pid: getpid(),
                startedAt: Timestamp(seconds: 0),
                configurationPath: "config.toml"
            )
        )
        outside.link.connect(to: engine)
        try await engine.reload()
        await engine.resumeRevocations()
    }

    /// Opens the store. Where another test is just starting a program, that has our descriptors until it is one, and with
    /// them the lock of the house that was there before.
    private static func open(_ directory: String, at now: Instant) async throws -> TokenStore {
        for _ in 1..<100 {
            do throws(StoreError) {
                return try TokenStore.open(stateDirectory: directory, credentialsDirectory: nil, now: now)
            } catch {
                guard case .locked = error.code else { throw error }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try TokenStore.open(stateDirectory: directory, credentialsDirectory: nil, now: now)
    }

    private func tearDown() async {
        await engine.drain(patience: .seconds(5))
        await transport.shutdown()
        store.close()
    }

    /// Ends as a crash does: nothing is finished, and nothing more reaches the disk.
    func crash() async {
        store.close()
        await transport.shutdown()
    }

    /// Takes the database away, which the store takes for a disk that fails.
    func loseDisk() throws { try Self.move(database, to: database + ".away") }

    /// Brings it back.
    func findDisk() throws { try Self.move(database + ".away", to: database) }

    private var database: String { directory + "/state/tokens.sqlite" }

    private static func move(_ path: String, to target: String) throws {
        guard rename(path, target) == 0 else { throw Problem(.conflict, "cannot move \(path): \(errno)") }
    }

    /// Logs in by the device flow; the issuer approves by itself.
    func logIn(_ account: String = "example") async throws {
        var login = try await engine.login(account, LoginRequest()).login
        while !login.state.isFinal { login = try await engine.login(id: login.id, wait: .seconds(30)) }
        guard login.state == .done else { throw Problem(.issuerError, "\(login.state): \(login.detail)") }
    }

    func token(_ account: String = "example", _ query: TokenQuery = TokenQuery()) async throws(Problem) -> TokenAnswer {
        try await engine.token(of: account, query)
    }

    /// The problem that a refresh meets; `nil` when it goes well.
    func refreshProblem(_ account: String = "example") async -> Problem? {
        do throws(Problem) {
            _ = try await engine.refresh(account)
            return nil
        } catch {
            return error
        }
    }

    /// The problem that a reader meets; `nil` when there is a token.
    func problem(_ account: String = "example", _ query: TokenQuery = TokenQuery()) async -> Problem? {
        do throws(Problem) {
            _ = try await token(account, query)
            return nil
        } catch {
            return error
        }
    }
}

/// Returns as soon as a condition holds that only the passing of events brings about.
///
/// - Throws: when it does not hold in ten seconds.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let limit = ContinuousClock.now + .seconds(10)
    while try await !condition() {
        guard ContinuousClock.now < limit else { throw Problem(.waitTimeout, "it did not come true that \(what)") }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// The machine's clocks, moved.
final class MovableClock: Sendable {
    private let count = Atomic(0)
    private let offset = Mutex(Duration.zero)
    private let clock = SystemClock()

    /// How often somebody has looked at it.
    var looks: Int { count.load(ordering: .relaxed) }

    func now() -> Instant {
        count.add(1, ordering: .relaxed)
        return clock.now().advanced(by: offset.withLock { $0 })
    }

    func advance(by duration: Duration) { offset.withLock { $0 += duration } }
}

extension SandboxIssuer.Configuration {
    /// An issuer that approves at the first poll and whose tokens live for an hour.
    static func quick(_ refresh: RefreshMode = .rotating(grace: .seconds(10))) -> Self {
        var configuration = Self()
        configuration.approval = .afterPolls(0)
        configuration.accessTokenLifetime = .seconds(3600)
        configuration.refresh = refresh
        return configuration
    }
}

extension SandboxIssuer {
    /// An account at this issuer.
    func account(_ name: String = "example", scopes: [String] = ["openid", "offline_access"]) -> String {
        """
        [account.\(name)]
        issuer = "\(issuerURL)"
        client_id = "tokend"
        scopes = [\(scopes.map { "\"\($0)\"" }.joined(separator: ", "))]

        """
    }
}
