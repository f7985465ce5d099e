import ArgumentParser
import LocalAPI
import TokenClient

/// `tokenctl token NAME`, in every form that `FastToken` leaves to the argument parser.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print an access token."
    )

    @OptionGroup var account: AccountArgument
    @Option(help: ArgumentHelp("The least time that the token must live on.", valueName: "duration"))
    var minValid: Seconds?
    @Option(help: ArgumentHelp("How long to wait if there is no token yet; 0 never waits.", valueName: "duration"))
    var wait = Seconds(30)
    @Flag(help: "Refresh first.") var force = false
    @Option(help: "Ask for a token with this scope only; may be repeated.") var scope: [String] = []
    @Option(help: "Ask for a token for this audience; may be repeated.") var audience: [String] = []
    @Option(help: "Ask for a token for this resource; may be repeated.") var resource: [String] = []
    @Flag(help: "Print the id token instead of the access token.") var idToken = false
    @Option(help: "How to print it.") var format: TokenFormat = .raw
    @Option(help: "The mail account's user, for xoauth2 and oauthbearer; else the one in the configuration.")
    var user: String?
    @Flag(help: "The same as --format json.") var json = false
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if json, format != .raw, format != .json {
            throw ValidationError("--json and --format \(format) exclude each other")
        }
        guard let user else { return }
        guard SASL.isUser(user) else { throw ValidationError("--user must not be empty or hold control characters") }
    }

    func run() throws {
        let client = try connection.client
        switch json ? .json : format {
        case .raw: try StandardOutput.writeLine(client.plainToken(account.name, query))
        case .json: try StandardOutput.writeLine(client.ask(.token(account.name, query)).json)
        case .header: try StandardOutput.writeLine("Authorization: \(token(from: client).authorization)")
        case .env: try StandardOutput.writeLine(ShellVariables.lines(for: token(from: client)))
        case .xoauth2:
            let user = try mailUser(client)
            try StandardOutput.writeLine(SASL.xoauth2(user: user, token: token(from: client)))
        case .oauthbearer:
            let user = try mailUser(client)
            try StandardOutput.writeLine(SASL.oauthBearer(user: user, token: token(from: client)))
        }
    }

    private func mailUser(_ client: TokenClient) throws -> String {
        let configured: AccountStatus? = user == nil ? try client.ask(.account(account.name)).value() : nil
        guard let user = user ?? configured?.user, SASL.isUser(user) else {
            throw ValidationError("--format \(format) needs --user, or user = \"…\" in [account.\(account.name)]")
        }
        return user
    }

    private func token(from client: TokenClient) throws -> AccessToken {
        try AccessToken(client.ask(.token(account.name, query)).value())
    }

    private var query: TokenQuery {
        TokenQuery(
            kind: idToken ? .idToken : .accessToken,
            minValid: minValid?.count,
            wait: wait.count,
            force: force,
            scope: scope,
            audience: audience,
            resource: resource
        )
    }
}
