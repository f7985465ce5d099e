/// Why the client has no answer to give: what kind of failure it is, what happened, and what mends it.
public struct TokenClientError: Error, Sendable {
    /// The kind of failure: one of the daemon's own codes, or one of the client's for what never reached the daemon.
    ///
    /// A daemon that is newer than the client may send a code that has no name here; it is passed on as it came.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }
    }

    public var code: Code
    /// A sentence for people, without a period at its end. Never holds a token.
    public var message: String
    /// The account that was asked for, where the daemon named it.
    public var account: String?
    /// Seconds after which another try may help.
    public var retryAfter: Int?
    /// A command that mends it.
    public var fix: String?
    /// The failure underneath, where there is one.
    public var cause: (any Error)?

    package init(
        _ code: Code,
        _ message: String,
        account: String? = nil,
        retryAfter: Int? = nil,
        fix: String? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.account = account
        self.retryAfter = retryAfter
        self.fix = fix
        self.cause = cause
    }
}

/// The codes that the daemon sends.
extension TokenClientError.Code {
    public static var unknownAccount: Self { Self(rawValue: "unknown_account") }
    /// A person must log in again; `fix` holds the command.
    public static var loginRequired: Self { Self(rawValue: "login_required") }
    public static var misconfigured: Self { Self(rawValue: "misconfigured") }
    public static var accessDenied: Self { Self(rawValue: "access_denied") }
    public static var temporarilyUnavailable: Self { Self(rawValue: "temporarily_unavailable") }
    public static var waitTimeout: Self { Self(rawValue: "wait_timeout") }
    public static var issuerError: Self { Self(rawValue: "issuer_error") }
    public static var locked: Self { Self(rawValue: "locked") }
    public static var forbidden: Self { Self(rawValue: "forbidden") }
    /// Also what the client says before it sends a request that cannot be right.
    public static var invalidRequest: Self { Self(rawValue: "invalid_request") }
    public static var notFound: Self { Self(rawValue: "not_found") }
    public static var methodNotAllowed: Self { Self(rawValue: "method_not_allowed") }
    public static var conflict: Self { Self(rawValue: "conflict") }
    public static var tooLarge: Self { Self(rawValue: "too_large") }
    public static var tooMany: Self { Self(rawValue: "too_many") }
}

/// The client's own codes.
extension TokenClientError.Code {
    /// The environment does not tell where the socket is, or what it tells cannot be a socket's path.
    public static var unusableSocketPath: Self { Self(rawValue: "unusable_socket_path") }
    /// Nobody listens there, or we may not connect.
    public static var unreachable: Self { Self(rawValue: "unreachable") }
    /// The listener runs under another uid. Nothing was sent to it.
    public static var foreignPeer: Self { Self(rawValue: "foreign_peer") }
    /// The connection ended before the reply did.
    public static var disconnected: Self { Self(rawValue: "disconnected") }
    /// No whole reply came in time.
    public static var timedOut: Self { Self(rawValue: "timed_out") }
    /// What came is not a reply of tokend.
    public static var malformedReply: Self { Self(rawValue: "malformed_reply") }
}

/// A system call that failed, as the cause of a `TokenClientError`.
public struct SystemCallError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The call's name, as in its manual page.
    public var call: String
    /// The `errno` it left.
    public var number: Int32

    public var description: String { "\(call): \(text(ofError: number))" }
}
