package import LocalAPI

/// What does not change while the daemon runs.
package struct DaemonFacts: Sendable {
    package var version: String
    package var pid: Int32
    package var startedAt: Timestamp
    package var configurationPath: String

    package init(version: String, pid: Int32, startedAt: Timestamp, configurationPath: String) {
        self.version = version
        self.pid = pid
        self.startedAt = startedAt
        self.configurationPath = configurationPath
    }
}

/// What has been counted since the start.
struct Counters: Sendable {
    /// Tokens that came from issuers.
    var renewals = 0
    /// Attempts that failed.
    var failures = 0
}
