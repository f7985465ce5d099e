package import TokenClient

/// What the process says with its exit status (sysexits.h); scripts rely on it.
package enum ExitStatus: Int32, Sendable, Hashable {
    case done = 0
    case usage = 64
    /// What was named is not there: an account, or an AWS account or role.
    case unknownAccount = 66
    /// The daemon is not there, or is not ours, or does not speak our language.
    case unreachable = 69
    /// Our own output could not be written.
    case outputFailed = 74
    /// Another try, later, may succeed.
    case temporary = 75
    /// The issuer said no, or something unusable.
    case issuer = 76
    /// A person must act first: log in, or unlock.
    case loginRequired = 77
    case configuration = 78
    /// Ended by Ctrl-C, as shells count it.
    case interrupted = 130

    /// The status for a failure of the client's or an error reply of the daemon's.
    package init(_ code: TokenClientError.Code) {
        self =
            switch code {
            case .unknownAccount, .notFound: .unknownAccount
            case .loginRequired, .locked: .loginRequired
            case .misconfigured, .unusableSocketPath: .configuration
            case .accessDenied, .issuerError: .issuer
            case .conflict, .temporarilyUnavailable, .waitTimeout, .tooMany, .timedOut: .temporary
            case .invalidRequest, .methodNotAllowed, .tooLarge: .usage
            // Forbidden, the client's own troubles with the socket, and codes that only a newer daemon knows.
            default: .unreachable
            }
    }
}
