import ArgumentParser
import Glibc
import LocalAPI
import TokenClient

/// `tokenctl login NAME`.
struct LoginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Log in to an account, or join the login that is pending.",
        discussion: "Ctrl-C cancels the login. Nothing that is held is lost before a new login succeeds."
    )

    @OptionGroup var account: AccountArgument
    @Flag(help: "Use the device flow: a code to type in on any device.") var device = false
    @Flag(
        inversion: .prefixedNo,
        help: "Use the browser flow, in a browser on this machine; with --no-browser, open no browser."
    )
    var browser: Bool?
    @Flag(help: "Log in anew although the login that is held is good; at AWS, log out of the portal first.")
    var force = false
    @Flag(
        help: """
            Read an authorization code obtained elsewhere from standard input, and from a second line the code \
            verifier that belongs to it, if there is one.
            """
    )
    var codeStdin = false
    @Option(
        name: .customLong("redirect-uri"),
        help: ArgumentHelp("The redirect URI with which the code was obtained.", valueName: "uri")
    )
    var redirectURI: String?
    @Flag(help: "Read a refresh token obtained elsewhere from standard input.") var refreshTokenStdin = false
    @Flag(help: "Print the login's state as JSON, one object a line, as it changes.") var json = false
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if [device, browser == true, codeStdin, refreshTokenStdin].count(where: { $0 }) > 1 {
            throw ValidationError("--device, --browser, --code-stdin and --refresh-token-stdin exclude each other")
        }
        if redirectURI != nil, !codeStdin { throw ValidationError("--redirect-uri belongs to --code-stdin") }
    }

    func run() throws {
        let client = try connection.client
        let answer = try client.ask(.login(account.name, request()))
        let screen = LoginScreen(style: .ofStandardError, json: json)
        var login = try answer.value()
        try screen.begin(login, joined: answer.status == 200, json: answer.json)
        if !login.state.isFinal {
            if browser != false { BrowserWindow.open(login.authorizationURI ?? login.verificationURIComplete) }
            login = try LoginWait(client: client, screen: screen).outcome(of: login)
        }
        if let failure = LoginOutcome.failure(of: login) { throw failure }
        StandardError.say("logged in to \(account.name)")
    }

    private func request() throws -> LoginRequest {
        if codeStdin {
            let secrets = try StandardInput.secrets("an authorization code", "its code verifier")
            return LoginRequest(
                code: secrets[0],
                redirectURI: redirectURI,
                codeVerifier: secrets.dropFirst().first,
                force: force
            )
        }
        if refreshTokenStdin {
            return LoginRequest(refreshToken: try StandardInput.secrets("a refresh token")[0], force: force)
        }
        return LoginRequest(flow: device ? "device" : browser == true ? "browser" : nil, force: force)
    }
}
