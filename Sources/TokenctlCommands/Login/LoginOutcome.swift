package import LocalAPI

/// How a login ended, as an exit status and words.
package enum LoginOutcome {
    /// `nil` for a login that is done.
    package static func failure(of login: LoginStatus) -> CommandFailure? {
        let command = "tokenctl login \(login.account)"
        let detail = login.detail.isEmpty ? "" : ": \(login.detail.withoutPeriod)"
        return switch login.state {
        case .done: nil
        case .denied: CommandFailure(.issuer, "the login to \(login.account) was denied\(detail)")
        case .failed: CommandFailure(.issuer, "the login to \(login.account) failed\(detail)")
        case .expired:
            CommandFailure(.temporary, "the login to \(login.account) was not approved in time; run: \(command)")
        case .cancelled: CommandFailure(.temporary, "the login to \(login.account) was cancelled; run: \(command)")
        case .pending, .slowDown: CommandFailure(.temporary, "the login to \(login.account) is still pending")
        }
    }

    /// For a login that the daemon no longer knows: pending logins live in its memory.
    package static func lost(_ login: LoginStatus) -> CommandFailure {
        CommandFailure(
            .temporary,
            "the login to \(login.account) was lost when the daemon restarted; run: tokenctl login \(login.account)"
        )
    }
}
