/// The body of `GET /v1/status`.
package struct DaemonStatus: Sendable, Hashable, Codable {
    /// Whether new tokens reach the disk; a word, as `AccountStatus.State` is.
    package struct StoreState: RawRepresentable, Sendable, Hashable, Codable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        package static let healthy = Self(rawValue: "ok")
        /// Writing fails: what is new is held in memory and tried again.
        package static let degraded = Self(rawValue: "degraded")
    }

    package var version: String
    package var pid: Int
    package var startedAt: Timestamp
    /// Seconds.
    package var uptime: Int
    package var store: StoreState
    package var locked: Bool
    package var accounts: Int
    /// How many accounts are in each state; states that nobody is in are left out.
    package var states: [String: Int]
    package var pendingLogins: Int
    package var connections: Int
    /// Where the configuration was read from, and whether there was one.
    package var configuration: String
    /// What keeps the configuration file from being used since the last reload; `null` when it is in force.
    package var configurationError: String?
    /// How to go on, where there is no account yet.
    package var hint: String?

    package init(
        version: String,
        pid: Int,
        startedAt: Timestamp,
        uptime: Int,
        store: StoreState,
        locked: Bool = false,
        accounts: Int,
        states: [String: Int],
        pendingLogins: Int,
        connections: Int,
        configuration: String,
        configurationError: String? = nil,
        hint: String? = nil
    ) {
        self.version = version
        self.pid = pid
        self.startedAt = startedAt
        self.uptime = uptime
        self.store = store
        self.locked = locked
        self.accounts = accounts
        self.states = states
        self.pendingLogins = pendingLogins
        self.connections = connections
        self.configuration = configuration
        self.configurationError = configurationError
        self.hint = hint
    }

    private enum CodingKeys: String, CodingKey {
        case version
        case pid
        case startedAt = "started_at"
        case uptime
        case store
        case locked
        case accounts
        case states
        case pendingLogins = "pending_logins"
        case connections
        case configuration
        case configurationError = "configuration_error"
        case hint
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(version, forKey: .version)
        try values.encode(pid, forKey: .pid)
        try values.encode(startedAt, forKey: .startedAt)
        try values.encode(uptime, forKey: .uptime)
        try values.encode(store, forKey: .store)
        try values.encode(locked, forKey: .locked)
        try values.encode(accounts, forKey: .accounts)
        try values.encode(states, forKey: .states)
        try values.encode(pendingLogins, forKey: .pendingLogins)
        try values.encode(connections, forKey: .connections)
        try values.encode(configuration, forKey: .configuration)
        try values.encode(configurationError, forKey: .configurationError)
        try values.encode(hint, forKey: .hint)
    }
}
