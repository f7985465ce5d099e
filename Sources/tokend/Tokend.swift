import ArgumentParser
import Daemon
import FoundationEssentials
import Glibc
import Settings

/// Runs the daemon in the foreground, or checks its configuration.
@main
struct Tokend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokend",
        abstract: "Keeps OAuth tokens fresh and hands them to the programs of one user.",
        discussion: """
            It runs in the foreground and logs to standard error. Exit status: 0 stopped, 64 usage, 75 another daemon owns \
            the state, 78 the configuration or the store cannot be used.
            """,
        version: "tokend \(Daemon.version)"
    )

    @Option(name: .customLong("config"), help: ArgumentHelp("The configuration file.", valueName: "path"))
    var configurationPath: String?

    @Option(help: ArgumentHelp("The directory of the store, its key and its lock.", valueName: "path"))
    var stateDir: String?

    @Option(help: ArgumentHelp("The directory of the sockets.", valueName: "path"))
    var runtimeDir: String?

    @Option(
        help: ArgumentHelp(
            "From which severity on messages are logged; wins over the configuration.",
            valueName: "level"
        )
    )
    var logLevel: LogLevel?

    @Flag(help: "Say what is wrong with the configuration, or ok, and exit.")
    var checkConfig = false

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let overrides = Paths.Overrides(
            configuration: configurationPath,
            stateDirectory: stateDir,
            runtimeDirectory: runtimeDir
        )
        let status: Int32
        do throws(PathsError) {
            status =
                if checkConfig {
                    try check(Paths.configuration(environment: environment, overrides: overrides), environment)
                } else {
                    await serve(try Paths(environment: environment, overrides: overrides), environment)
                }
        } catch {
            say("tokend: \(error)\n", to: STDERR_FILENO)
            status = Daemon.Exit.configuration
        }
        guard status == Daemon.Exit.stopped else { throw ExitCode(status) }
    }

    private func serve(_ paths: Paths, _ environment: [String: String]) async -> Int32 {
        await Daemon(paths: paths, logLevel: logLevel, environment: environment).run()
    }

    private func check(_ configuration: (file: String, home: String?), _ environment: [String: String]) -> Int32 {
        let file = SettingsFile(path: configuration.file)
        let aws = AWSContext(variables: environment)
        let check = ConfigurationCheck(
            Result { () throws(SettingsErrors) in try file.load(home: configuration.home, aws: aws) }
        )
        say(check.warnings, to: STDERR_FILENO)
        say(check.output, to: STDOUT_FILENO)
        return check.passed ? Daemon.Exit.stopped : Daemon.Exit.configuration
    }

    private func say(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = write(descriptor, bytes, bytes.count)
    }
}

extension LogLevel: ExpressibleByArgument {}
