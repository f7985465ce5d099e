import Dispatch
package import IdentityCenter
package import Logging
package import OAuth
import Synchronization

/// Keeps the token files of `~/.aws/sso/cache` as fresh as our logins, and notices at once when AWS's own tools log out
/// or in there. What is to be done about a file is decided by `CacheFileUpkeep`.
///
/// Everything happens on one queue, in the order of the calls, so that no caller waits for the disk. What was found is
/// told there too.
package final class SSOCacheKeeper: Sendable {
    /// Who is told what others have done.
    package struct Listener: Sendable {
        /// The account's file was deleted, as `aws sso logout` does. The login is to be dropped. Until `remove`, or
        /// `keep` without a login, says that it was, what is to be kept still belongs to it and is not written.
        package var loggedOut: @Sendable (_ account: String) -> Void
        /// The account's file holds a newer login. Once that is ours, `keep` is to be called with it.
        package var adopt: @Sendable (_ account: String, CacheFile) -> Void

        package init(
            loggedOut: @escaping @Sendable (_ account: String) -> Void,
            adopt: @escaping @Sendable (_ account: String, CacheFile) -> Void
        ) {
            self.loggedOut = loggedOut
            self.adopt = adopt
        }
    }

    /// The file of an account.
    private struct Keeping {
        var name: String
        var mode: CacheFile.Mode
        var held: CacheFile?
        /// The access token that the file had when it was last in order; see `CacheFileUpkeep`.
        var known: Secret?
        /// The newer login that has been told of and is not ours yet.
        var offered: CacheFile?
        /// The file was deleted, and the login that it held has not been dropped yet.
        var isOver = false
        /// What has been said about it last, so that it is said once.
        var complaint: String?

        /// Takes up a login, or drops it.
        mutating func hold(_ login: CacheFile?) {
            if let login {
                if !isOver { held = login }
            } else {
                (held, known, isOver) = (nil, nil, false)
            }
        }
    }

    private struct State {
        var keepings: [String: Keeping] = [:]
        var watch: DirectoryWatch?
    }

    private let directory: CacheDirectory
    private let listener: Listener
    private let logger: Logger
    private let now: @Sendable () -> Instant
    private let queue = DispatchQueue(label: "tokend.sso-cache")
    private let state = Mutex(State())

    /// Takes the directory, which need not exist, who is told, where failures are noted, and the clock.
    package init(
        directory: String,
        listener: Listener,
        logger: Logger,
        now: @escaping @Sendable () -> Instant
    ) {
        self.directory = CacheDirectory(path: directory)
        self.listener = listener
        self.logger = logger
        self.now = now
    }

    /// Keeps an account's file: to be called with each of its logins and tokens, and with its last one at the start.
    ///
    /// - Parameters:
    ///   - account: whose it is.
    ///   - name: the file's name; see `CacheFile.name`.
    ///   - mode: how much of the login it shows.
    ///   - held: the login as a shared file would show it; `nil` while there is none, and the file is left alone.
    package func keep(_ account: String, as name: String, _ mode: CacheFile.Mode, _ held: CacheFile?) {
        queue.async { [self] in
            state.withLock { state in
                var keeping = state.keepings[account] ?? Keeping(name: name, mode: mode)
                if keeping.name != name || state.keepings[account] == nil {
                    directory.removeOldDrafts(of: name)
                    keeping = Keeping(name: name, mode: mode)
                }
                keeping.mode = mode
                keeping.hold(held)
                state.keepings[account] = keeping
                watch(&state)
            }
            look(after: account)
        }
    }

    /// Removes the file of an account that has logged out, unless it holds somebody else's login.
    package func remove(_ account: String) {
        queue.async { [self] in
            state.withLock { state in
                guard let keeping = state.keepings[account] else { return }
                state.keepings[account]?.hold(nil)
                do throws(CacheDirectory.Failure) {
                    let file = try directory.read(keeping.name).flatMap { CacheFile($0) }
                    guard let token = file?.accessToken, [keeping.known, keeping.held?.accessToken].contains(token)
                    else { return }
                    try directory.remove(keeping.name)
                } catch {
                    complain(error.message, account, &state)
                }
            }
        }
    }

    /// Keeps an account's file no more; it stays as it is.
    package func release(_ account: String) {
        queue.async { [self] in
            state.withLock { state in
                state.keepings[account] = nil
                if state.keepings.isEmpty { state.watch = nil }
            }
        }
    }

    /// What an account's file holds; `nil` when it holds no token, or is not kept.
    package func read(_ account: String) async -> CacheFile? {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                let name = state.withLock { $0.keepings[account]?.name }
                let bytes = name.flatMap { try? directory.read($0) }
                continuation.resume(returning: bytes.flatMap { CacheFile($0) })
            }
        }
    }

    // MARK: - On the queue

    /// Compares an account's file with its login, and does what is to be done.
    private func look(after account: String) {
        let upkeep = state.withLock { state in
            do throws(CacheDirectory.Failure) {
                return try tend(account, &state)
            } catch {
                complain(error.message, account, &state)
                return .leave
            }
        }
        switch upkeep {
        case .leave, .write: break
        case .loggedOut: listener.loggedOut(account)
        case .adopt(let file): listener.adopt(account, file)
        }
    }

    /// Writes the file if that is to be done; the rest is told to the listener by the caller, outside the lock.
    private func tend(_ account: String, _ state: inout State) throws(CacheDirectory.Failure) -> CacheFileUpkeep {
        guard var keeping = state.keepings[account] else { return .leave }
        defer { state.keepings[account] = keeping }
        let bytes = try directory.read(keeping.name)
        let found =
            bytes.map { bytes in CacheFile(bytes).map { .file($0) } ?? .unreadable } ?? CacheFileUpkeep.Found.absent
        let upkeep = CacheFileUpkeep.decide(
            held: keeping.held,
            mode: keeping.mode,
            known: keeping.known,
            found: found,
            at: now().wall
        )
        switch (upkeep, keeping.held) {
        case (.leave, let held?):
            if case .file(let file) = found, file.accessToken == held.accessToken { keeping.known = held.accessToken }
        case (.write, let held?):
            try directory.create()
            watch(&state)
            try write(held.shown(keeping.mode), over: bytes, to: keeping.name)
            keeping.known = held.accessToken
            keeping.complaint = nil
        case (.loggedOut, _):
            keeping.hold(nil)
            keeping.isOver = true
        case (.adopt(let file), _):
            if keeping.offered == file { return .leave }
            keeping.offered = file
        case (.leave, nil), (.write, nil):
            break
        }
        return upkeep
    }

    private func write(
        _ file: CacheFile,
        over old: [UInt8]?,
        to name: String
    ) throws(CacheDirectory.Failure) {
        let bytes: [UInt8]
        do {
            bytes = try file.bytes(replacing: old)
        } catch {
            throw CacheDirectory.Failure(message: "the login cannot be put into JSON")
        }
        try directory.write(bytes, to: name)
    }

    /// Watches the directory, if it is there and is not watched yet.
    private func watch(_ state: inout State) {
        guard state.watch == nil, directory.exists else { return }
        do throws(CacheDirectory.Failure) {
            state.watch = try DirectoryWatch(directory.path, on: queue) { [weak self] change in self?.noticed(change) }
        } catch {
            logger.warning("changes that AWS's tools make will go unnoticed: \(error.message)")
        }
    }

    private func noticed(_ change: DirectoryWatch.Change) {
        let accounts = state.withLock { state in
            if change == .gone { state.watch = nil }
            return state.keepings.keys.sorted().filter { account in
                guard case .entry(let name) = change else { return true }
                return state.keepings[account]?.name == name
            }
        }
        for account in accounts { look(after: account) }
    }

    private func complain(_ message: String, _ account: String, _ state: inout State) {
        guard state.keepings[account]?.complaint != message else { return }
        state.keepings[account]?.complaint = message
        logger.warning("\(account): the file for AWS's tools is not kept: \(message)")
    }
}
