package import LocalAPI

/// The daemon in a line, and a line for each thing that is not as it should be.
package enum DaemonSummary {
    package static func lines(of daemon: DaemonStatus, style: Style) -> [String] {
        var lines = ["tokend \(daemon.version), up \(TimeSpan.text(daemon.uptime)), pid \(daemon.pid)"]
        if daemon.locked { lines.append(style.paint("locked; run: tokenctl unlock", .red)) }
        if daemon.store == .degraded {
            lines.append(style.paint("the store cannot be written: what is new is held in memory only", .red))
        }
        if let error = daemon.configurationError {
            lines.append(style.paint("the configuration is not in force: \(error.printable)", .red))
        }
        if let hint = daemon.hint { lines.append(hint.printable) }
        return lines
    }
}
