import ArgumentParser
import TokenClient

/// `tokenctl metrics`.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print the daemon's measurements as OpenMetrics text."
    )

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        try StandardOutput.write(connection.client.metrics())
    }
}
