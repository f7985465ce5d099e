import Glibc
import LocalAPI
import TokenClient

/// Waits for a person at another screen, while a line here tells how long that may still take.
///
/// Ctrl-C cancels the login in the daemon too: whoever presses it does not want that a code shown to others still
/// works.
struct LoginWait {
    let client: TokenClient
    let screen: LoginScreen

    /// Seconds for which the daemon may keep each question open.
    private static var longPoll: Int { 60 }

    /// The login in its last state. Throws for a login that was lost, and after Ctrl-C.
    func outcome(of login: LoginStatus) throws -> LoginStatus {
        let signals = try SignalPipe([SIGINT])
        defer { screen.endProgress() }
        var login = login
        var isSecondTry = false
        while !login.state.isFinal {
            do {
                let answer = try ask(login, signals)
                isSecondTry = false
                let new = try answer.value()
                if new.state != login.state { try screen.change(json: answer.json) }
                login = new
            } catch let error as TokenClientError where error.code == .disconnected && !isSecondTry {
                // A daemon that restarts comes back; whether the login did is for its answer to say.
                isSecondTry = true
            } catch let error as TokenClientError where error.code == .notFound {
                throw LoginOutcome.lost(login)
            }
        }
        return login
    }

    private func ask(_ login: LoginStatus, _ signals: borrowing SignalPipe) throws -> Answer<LoginStatus> {
        let call = Call.login(id: login.id, wait: Self.longPoll)
        let exchange = try client.open(call.request)
        while true {
            screen.progress(login, now: .now)
            let ready = readable([exchange.descriptor, signals.descriptor], within: 1000)
            if ready.contains(signals.descriptor) {
                screen.endProgress()
                throw interrupted(login)
            }
            if ready.contains(exchange.descriptor) { return try client.answer(to: call, from: exchange) }
        }
    }

    /// Cancels the login. The person wants to go, so a daemon that does not answer is not waited for.
    private func interrupted(_ login: LoginStatus) -> CommandFailure {
        do throws(TokenClientError) {
            _ = try client.ask(.cancelLogin(id: login.id).within(Request.briefly))
            return CommandFailure(.interrupted, "cancelled the login to \(login.account)")
        } catch {
            return CommandFailure(
                .interrupted,
                "the login to \(login.account) may still be pending: \(error.message.withoutPeriod)"
            )
        }
    }
}
