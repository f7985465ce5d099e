import Glibc
import LocalAPI
package import Logging
import OAuth

/// Writes log lines to standard error: with a journal priority in front where the journal reads it, with the time where a
/// person does.
///
///     <6>corp: refreshed, 1 h 0 min left
///     2026-11-23T05:33:00Z info corp: refreshed, 1 h 0 min left
package struct StandardErrorLog: LogHandler {
    /// The shared threshold; setting the level of one logger sets it for all.
    package var logLevel: Logger.Level {
        get { threshold.level }
        set { threshold.level = newValue }
    }

    /// The most characters of a record that are written.
    private static let longest = 8192

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let threshold: LogThreshold
    private let isJournal: Bool
    private let wallClock: @Sendable () -> Int64
    private let descriptor: Int32

    /// Writes from a level on.
    ///
    /// - Parameters:
    ///   - threshold: the least level that is written.
    ///   - environment: `$JOURNAL_STREAM` tells whether the journal reads (`systemd.exec(5)`).
    ///   - descriptor: where the lines go.
    ///   - wallClock: seconds since 1970, for the lines that show the time.
    package init(
        threshold: LogThreshold,
        environment: [String: String],
        descriptor: Int32 = STDERR_FILENO,
        wallClock: @escaping @Sendable () -> Int64
    ) {
        self.threshold = threshold
        self.descriptor = descriptor
        isJournal = environment["JOURNAL_STREAM"] != nil
        self.wallClock = wallClock
    }

    /// One value of the metadata that goes with every record.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a record.
    package func log(event: LogEvent) {
        let extra = metadata.merging(event.metadata ?? [:]) { $1 }
        let details = extra.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        // One record is one line that does nothing to a terminal, whatever an issuer or a program calls itself.
        let text = "\(event.message)\(details)".displayable(atMost: Self.longest)
        let front =
            isJournal ? "<\(event.level.journalPriority)>" : "\(Timestamp(seconds: wallClock()).text) \(event.level) "
        let line = Array((front + text + "\n").utf8)
        // One write a line keeps lines of several threads apart; what cannot be written is nobody's loss but the log's.
        _ = write(descriptor, line, line.count)
    }
}

extension Logger.Level {
    /// The kernel's and syslog's number for the level (`sd-daemon(3)`).
    fileprivate var journalPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
