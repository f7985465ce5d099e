package import Logging
import Settings
import Synchronization

/// The least level that is written, shared by every logger, so that a reload changes them all.
package final class LogThreshold: Sendable {
    private let value: Mutex<Logger.Level>

    /// Begins with a level.
    package init(_ level: Logger.Level) { value = Mutex(level) }

    /// The level as it is now.
    package var level: Logger.Level {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

extension Logger.Level {
    /// The logger's name for a level of the configuration.
    init(_ level: LogLevel) {
        switch level {
        case .trace: self = .trace
        case .debug: self = .debug
        case .info: self = .info
        case .notice: self = .notice
        case .warning: self = .warning
        case .error: self = .error
        }
    }
}
