import Gateways
import LocalAPI
import Logging
import OAuth
import ServiceLifecycle
package import Settings
import UnixSignals

/// The daemon as a whole: what is opened in which order, and what the process ends with.
package struct Daemon: Sendable {
    /// The release.
    package static let version = Release.version

    /// The statuses that the process ends with (`sysexits.h`).
    package enum Exit {
        package static let stopped: Int32 = 0
        /// Another daemon, or another program, has what we need.
        package static let temporaryFailure: Int32 = 75
        /// The configuration or the store cannot be used.
        package static let configuration: Int32 = 78
    }

    /// How long a refresh that is under way may take to come to its end after SIGTERM; within systemd's
    /// `TimeoutStopSec`.
    private static let patience = Duration.seconds(10)

    private let paths: Paths
    private let logLevel: LogLevel?
    private let environment: [String: String]

    /// Takes what the command line and the environment say.
    ///
    /// - Parameters:
    ///   - paths: where everything is.
    ///   - logLevel: from the command line; wins over the configuration.
    ///   - environment: the process's variables.
    package init(paths: Paths, logLevel: LogLevel?, environment: [String: String]) {
        self.paths = paths
        self.logLevel = logLevel
        self.environment = environment
    }

    /// Runs until a signal ends it.
    ///
    /// - Returns: the status to exit with. Why it is not 0 has been written to standard error.
    package func run() async -> Int32 {
        Hardening.apply()
        Heap.share()
        let notifier = ServiceNotifier(environment: environment)
        let passed = PassedSockets(environment: environment)
        PassedSockets.forgetEnvironment()

        let clock = SystemClock()
        let threshold = LogThreshold(logLevel.map { Logger.Level($0) } ?? .info)
        let logger = Logger(label: "tokend") { _ in
            StandardErrorLog(threshold: threshold, environment: environment) { clock.now().wall.wholeSeconds }
        }
        do {
            let parts = try await Parts(
                paths: paths,
                passed: passed,
                environment: environment,
                notifier: notifier,
                clock: clock,
                logger: logger,
                loadSettings: { () throws(SettingsErrors) in
                    let settings = try SettingsFile(path: paths.configuration).load(
                        home: paths.home,
                        aws: AWSContext(variables: environment)
                    )
                    threshold.level = Logger.Level(logLevel ?? settings.logLevel)
                    return settings
                }
            )
            try await serve(parts, notifier, logger)
            return Exit.stopped
        } catch {
            let end = End(error, paths: paths)
            for line in end.message.split(whereSeparator: \.isNewline) { logger.error("\(line)") }
            return end.status
        }
    }

    private func serve(_ parts: Parts, _ notifier: ServiceNotifier, _ logger: Logger) async throws {
        await parts.engine.resumeRevocations()
        let gateway = try await HTTPGateway.start(
            listener: parts.listener,
            service: parts.engine,
            published: parts.published,
            audit: parts.readLog
        )
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let size = await parts.engine.size
        logger.notice("tokend \(Self.version) serves \(size) at \(paths.socket)")

        // Stopped in the reverse order: first nobody new is served, then what is under way is finished and saved.
        let group = ServiceGroup(
            services: [
                ReadLogService(readLog: parts.readLog),
                EngineService(parts: parts, patience: Self.patience),
                GatewayService(gateway: gateway, engine: parts.engine, events: parts.events),
                ReloadService(
                    engine: parts.engine,
                    notifier: notifier,
                    status: "serving \(size)",
                    hangups: hangups
                ),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "tokend.services") { _ in SwiftLogNoOpLogHandler() }
        )
        try await group.run()
        logger.notice("stopped")
    }
}
