import Dispatch
import Glibc

/// Tells when entries of a directory appear, disappear or have been written, by inotify(7): nothing wakes up while
/// nothing happens.
///
/// `@unchecked Sendable`: the source is made in `init` and cancelled in `deinit`, when nobody has it any more, and
/// Dispatch allows that on any thread.
final class DirectoryWatch: @unchecked Sendable {
    /// What has happened.
    enum Change: Sendable, Hashable {
        /// The entry of this name has changed.
        case entry(String)
        /// Anything may have: changes came faster than they were taken.
        case unknown
        /// The directory is gone, or is another now; nothing more will be told.
        case gone
    }

    private let source: any DispatchSourceRead

    /// Watches a directory until the watch is cancelled or goes.
    ///
    /// - Parameters:
    ///   - path: the directory; it must exist.
    ///   - queue: where `body` is called.
    ///   - body: told of each change, in their order.
    /// - Throws: why the directory cannot be watched.
    init(
        _ path: String,
        on queue: DispatchQueue,
        _ body: @escaping @Sendable (Change) -> Void
    ) throws(CacheDirectory.Failure) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw .call("watch", path) }
        guard inotify_add_watch(descriptor, path, Self.interest) >= 0 else {
            defer { close(descriptor) }
            throw .call("watch", path)
        }
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler {
            for change in Self.changes(of: descriptor) {
                body(change)
                if change == .gone { break }
            }
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    deinit { source.cancel() }

    private static let interest =
        UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF)
        | UInt32(IN_ONLYDIR)

    private static let end = UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)

    /// Takes all changes that have been noted.
    private static func changes(of descriptor: Int32) -> [Change] {
        var changes: [Change] = []
        withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: MemoryLayout<inotify_event>.alignment) {
            buffer in
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                changes += self.changes(in: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        return changes
    }

    /// Takes records apart, each of which ends in a name that is filled up with NUL.
    private static func changes(in records: UnsafeRawBufferPointer) -> [Change] {
        var changes: [Change] = []
        var rest = records[...]
        while rest.count >= MemoryLayout<inotify_event>.size {
            let record = UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: inotify_event.self)
            rest = rest.dropFirst(MemoryLayout<inotify_event>.size)
            let name = String(decoding: rest.prefix(Int(record.len)).prefix { $0 != 0 }, as: UTF8.self)
            rest = rest.dropFirst(Int(record.len))
            if record.mask & end != 0 {
                changes.append(.gone)
            } else {
                changes.append(record.mask & UInt32(IN_Q_OVERFLOW) != 0 ? .unknown : .entry(name))
            }
        }
        return changes
    }
}
