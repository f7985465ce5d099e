import ArgumentParser
import TokenClient

/// `tokenctl reload`.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Make the daemon read its configuration again.",
        discussion: "A configuration that cannot be used changes nothing, and what is wrong with it is said."
    )

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        do {
            try connection.client.reload()
        } catch let error where error.code == .invalidRequest {
            // Nothing can be wrong with this request but the configuration.
            throw CommandFailure(.configuration, CommandFailure(error).message)
        }
    }
}
