import Logging
import Synchronization

/// Keeps what is logged.
final class LogBook: Sendable {
    struct Record: Sendable, Hashable {
        var level: Logger.Level
        var text: String
    }

    private let written = Mutex<[Record]>([])

    /// Every record so far, the oldest first.
    var records: [Record] { written.withLock { $0 } }

    /// A logger that writes into this book, whatever the level.
    var logger: Logger { Logger(label: "test") { _ in Handler(book: self) } }

    private func add(_ record: Record) { written.withLock { $0.append(record) } }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { book.add(Record(level: event.level, text: "\(event.message)")) }
    }
}
