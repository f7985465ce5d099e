package import TokenClient

/// What a command ends with when it cannot do what it was asked: the exit status, and what standard error says.
package struct CommandFailure: Error, Sendable, Hashable {
    package var status: ExitStatus
    /// Without the program's name, capital initial and period.
    package var message: String

    package init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// Words for a failure of the client's. Where a command mends it, the message ends with that command.
    package init(_ error: TokenClientError) {
        status = ExitStatus(error.code)
        let fix =
            switch error.code {
            case .loginRequired: error.fix ?? "tokenctl login \(error.account ?? "NAME")"
            case .locked: error.fix ?? "tokenctl unlock"
            default: error.fix
            }
        let remedy = fix.map { "; run: \($0)" } ?? error.retryAfter.map { "; try again in \(TimeSpan.text($0))" }
        message = error.message.withoutPeriod + (remedy ?? "")
    }

    /// The failure that an error of any boundary below means for the command; `nil` for those of the argument parser.
    init?(anyOf error: any Error) {
        switch error {
        case let error as TokenClientError: self.init(error)
        case let failure as CommandFailure: self = failure
        default: return nil
        }
    }

    /// Says it on standard error and returns the exit status.
    package func report() -> Int32 {
        StandardError.say(message)
        return status.rawValue
    }
}

extension String {
    /// What others wrote, made fit to stand in the middle of a sentence of ours.
    var withoutPeriod: String { hasSuffix(".") ? String(dropLast()) : self }
}
