import LocalAPI

/// What a login shows on standard error; with `--json`, its states on standard output.
struct LoginScreen {
    let style: Style
    let json: Bool

    /// Shows where to go and what to type there.
    func begin(_ login: LoginStatus, joined: Bool, json bytes: [UInt8]) throws(CommandFailure) {
        if json { try StandardOutput.writeLine(bytes) }
        guard !login.state.isFinal else { return }
        if joined { StandardError.say("joining the login to \(login.account) that is already pending") }
        for line in LoginInstructions.lines(for: login, style: style) { StandardError.write(line + "\n") }
        if !style.isTerminal { StandardError.say("waiting for the login to be approved") }
    }

    /// Tells of a new state.
    func change(json bytes: [UInt8]) throws(CommandFailure) {
        if json { try StandardOutput.writeLine(bytes) }
    }

    /// Redraws the progress line.
    func progress(_ login: LoginStatus, now: Timestamp) {
        guard style.isTerminal else { return }
        StandardError.write("\r\(LoginInstructions.progress(of: login, now: now))\u{1B}[K")
    }

    /// Takes the progress line away.
    func endProgress() {
        if style.isTerminal { StandardError.write("\r\u{1B}[K") }
    }
}
