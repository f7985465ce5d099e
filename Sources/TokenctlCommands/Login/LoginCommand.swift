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
    @Flag(inversion: .prefixedNo, help: "Use the browser flow; with --no-browser, open no browser.") var browser: Bool?
    @Flag(help: "Log in anew although the login that is held is good.") var force = false
    @Flag(help: "Read a refresh token obtained elsewhere from standard input.") var refreshTokenStdin = false
    @Flag(help: "Print the login's state as JSON, one object a line, as it changes.") var json = false
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        let ways = [device, browser == true, refreshTokenStdin].filter { $0 }
        if ways.count > 1 { throw ValidationError("--device, --browser and --refresh-token-stdin exclude each other") }
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
        let flow = device ? "device" : browser == true ? "browser" : nil
        let refreshToken = refreshTokenStdin ? try StandardInput.secret() : nil
        return LoginRequest(flow: flow, refreshToken: refreshToken, force: force)
    }
}
