import ArgumentParser
import LocalAPI
import TokenClient

/// `tokenctl events`.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Follow what happens, one JSON object a line, until the daemon ends.",
        discussion: "Each line is {\"id\":…,\"event\":\"state|token|login|error\",\"data\":{…}}."
    )

    @Option(help: ArgumentHelp("Begin after this event, as far back as the daemon remembers.", valueName: "id"))
    var after: UInt64?
    @Flag(help: "Print JSON, as it does anyway.") var json = false
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        var stream = try connection.client.events(after: after)
        while let events = try stream.read() {
            for event in events { try StandardOutput.writeLine(event.json) }
        }
        throw CommandFailure(.unreachable, "the daemon ended the stream of events")
    }
}

extension ServerEvent {
    /// The event as one JSON object on one line.
    package var json: String { "{\"id\":\(id),\"event\":\"\(kind.rawValue)\",\"data\":\(data)}" }
}
