package import LocalAPI

/// What tokend does for one account of its configuration. Holds no secret.
public struct Account: Sendable, Hashable {
    /// A word of the socket API, such as `fresh`; a newer daemon may have more of them.
    public struct State: RawRepresentable, Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static var loggedOut: Self { Self(rawValue: "logged_out") }
        public static var fresh: Self { Self(rawValue: "fresh") }
        public static var refreshing: Self { Self(rawValue: "refreshing") }
        /// An attempt failed, and another will be made.
        public static var waiting: Self { Self(rawValue: "waiting") }
        /// No attempt will be made until the configuration or the client's registration changes.
        public static var misconfigured: Self { Self(rawValue: "misconfigured") }
        /// A person must log in: `tokenctl login NAME`.
        public static var loginRequired: Self { Self(rawValue: "login_required") }
        public static var loginPending: Self { Self(rawValue: "login_pending") }
        public static var locked: Self { Self(rawValue: "locked") }
    }

    public let name: String
    public let provider: String
    public let issuer: String
    public let state: State
    /// Seconds since 1970-01-01T00:00:00Z at which the held token ends; `nil` where none is held.
    public let expiresAt: Int64?
    public let scopes: [String]
    /// Whom the issuer says the login belongs to.
    public let subject: String?

    package init(_ status: AccountStatus) {
        name = status.name
        provider = status.provider
        issuer = status.issuer
        state = State(rawValue: status.state.rawValue)
        expiresAt = status.expiresAt?.seconds
        scopes = status.scopes
        subject = status.subject
    }
}
