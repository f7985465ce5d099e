import ArgumentParser
import TokenClient

/// `tokenctl status [NAME]`.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the daemon and its accounts."
    )

    @Argument(help: "Only this account.", completion: .custom { _, _, _ in AccountArgument.known() }) var name: String?
    @Flag(help: "Print JSON, as the socket gives it.") var json = false
    @Flag(help: "Go on showing it as it changes, until q or Ctrl-C.") var watch = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let client = try connection.client
        if watch { return try StatusWatch(client: client, account: name, json: json).run() }
        let report = try StatusReport(of: name, from: client)
        if json { return try StandardOutput.writeLine(report.json) }
        for line in try report.lines(now: .now, style: .ofStandardOutput) { try StandardOutput.writeLine(line) }
    }
}
