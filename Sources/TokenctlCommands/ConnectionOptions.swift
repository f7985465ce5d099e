import ArgumentParser
import LocalAPI
import TokenClient

/// Where the daemon is; every command takes it.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The daemon's socket.", valueName: "path"), completion: .file())
    var socket: String?

    /// The client to ask with. Throws `unusableSocketPath`.
    var client: TokenClient {
        get throws(TokenClientError) { if let socket { TokenClient(socketPath: socket) } else { try TokenClient() } }
    }
}

/// An account, by its name in the configuration; the shell completes it.
struct AccountArgument: ParsableArguments {
    @Argument(help: "The account.", completion: .custom { _, _, _ in AccountArgument.known() })
    var name: String

    /// The names that the daemon knows; none when it cannot be asked, for a completion must not complain, nor be waited
    /// for.
    static func known() -> [String] {
        (try? TokenClient().ask(.accounts.within(Request.briefly)).value().accounts.map(\.name)) ?? []
    }
}
