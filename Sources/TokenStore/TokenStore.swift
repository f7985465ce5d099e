package import Accounts
import Dispatch
package import OAuth
import Synchronization

/// Where logins outlive the daemon: an SQLite database in a directory of its own, with every token sealed.
///
/// All work is done on the store's own queue, in the order of the calls, and a completion is called there too; so who calls
/// from one thread finds his changes made in the order he asked for them. A completion with success means that the change
/// is on the disk. The store belongs to one process: a lock on its directory is held from `open` to `close`.
package final class TokenStore: Sendable {
    /// Where the key was found that opened the store.
    package let keySource: KeySource
    /// What was done about damage found at the start; worth an error in the log.
    package let recovery: Recovery?

    private let queue = DispatchQueue(label: "tokend.store")
    /// `nil` when closed. Only the queue takes this lock; it lets the compiler see that nobody else has the database.
    private let database: Mutex<Database?>

    private init(_ outcome: sending Opening.Outcome) {
        keySource = outcome.keySource
        recovery = outcome.recovery
        database = Mutex(outcome.database)
    }

    /// Opens the store in a directory, which is created, as the store is, where there is none.
    ///
    /// A store that cannot be used is refused with every byte as it was: of another program, of a newer tokend, without its
    /// key, missing though there has been one. Damaged pages of our own are set aside and the newest backup is restored,
    /// which ``recovery`` tells. Blocks on the disk; throws a ``StoreError`` with an ``StoreError/exitCode``.
    ///
    /// The master key is the file `tokend.key` of the credentials directory, else the file `key` of the state directory.
    /// `patience` is how long to wait for another program that has the database open.
    package static func open(
        stateDirectory: String,
        credentialsDirectory: String?,
        now: Instant,
        schema: Schema = .current,
        patience: Duration = .seconds(5)
    ) throws(StoreError) -> TokenStore {
        let directory = StateDirectory(path: stateDirectory)
        do {
            try directory.create()
            let opening = Opening(
                directory: directory,
                custody: KeyCustody(directory, credentialsDirectory: credentialsDirectory),
                schema: schema,
                patience: patience,
                now: now
            )
            return TokenStore(try opening.run())
        } catch {
            throw StoreError(error, in: directory)
        }
    }

    /// Reads every login but those that have been dormant for more than 30 days, once all that was asked for before is
    /// done. Not to be called from a completion.
    package func load(at now: Instant) throws(StoreError) -> StoredContents {
        dispatchPrecondition(condition: .notOnQueue(queue))
        return try queue.sync {
            result(of: { database throws(StoreError) in
                try database.read { try $0.grants.contents(at: now) }
            })
        }
        .get()
    }

    /// Writes a login as a whole, in the place of what was stored of it.
    ///
    /// It never goes back: where the row holds a later generation the answer is `superseded`. Whether the login is dormant
    /// stays as it is.
    package func save(_ grant: StoredGrant, completion: @escaping Completion<Void>) {
        perform(completion) { database throws(StoreError) in
            try database.write { try $0.grants.save(grant) }
        }
    }

    /// Records that a request is about to be sent with the refresh token of this generation. Only after success may it be.
    ///
    /// Answers `superseded` when the row has moved on and `unknownGrant` when there is none.
    package func recordIntent(
        _ id: GrantID,
        generation: UInt64,
        at now: Instant,
        completion: @escaping Completion<Void>
    ) {
        perform(completion) { database throws(StoreError) in
            try database.write { try $0.grants.recordIntent(id, generation: generation, at: now) }
        }
    }

    /// Records that the request of this generation was not sent, or has been answered without a change.
    package func clearIntent(_ id: GrantID, generation: UInt64, completion: @escaping Completion<Void>) {
        perform(completion) { database throws(StoreError) in
            try database.write { try $0.grants.clearIntent(id, generation: generation) }
        }
    }

    /// Removes a login: from the database, and with it the backups that hold it, in whose place there is a new one.
    ///
    /// With `revoking` that token of it, if it had one, stays sealed among the pending revocations; both happen or neither.
    /// A failure may mean that the login is out of the database but not out of every backup; a second call tries again.
    package func bury(_ id: GrantID, at now: Instant, revoking: RevokedToken?, completion: @escaping Completion<Void>) {
        perform(completion) { database throws(StoreError) in
            try database.write { tables in
                if let revoking, let token = try tables.grants.token(id, revoking, at: now) {
                    try tables.revocations.add(token, of: id, at: now)
                }
                try tables.grants.remove(id)
            }
            try database.renewBackups(at: now)
        }
    }

    /// Reads the tokens that wait for their revocation; those older than 7 days are dropped.
    package func pendingRevocations(at now: Instant, completion: @escaping Completion<[PendingRevocation]>) {
        perform(completion) { database throws(StoreError) in
            try database.write { try $0.revocations.pending(at: now) }
        }
    }

    /// Forgets a token that has been revoked.
    package func settleRevocation(_ id: PendingRevocation.ID, completion: @escaping Completion<Void>) {
        perform(completion) { database throws(StoreError) in
            try database.write { try $0.revocations.remove(id) }
        }
    }

    /// Marks the logins that the configuration does not know as dormant and those it knows as live.
    package func retain(live: Set<GrantID>, at now: Instant, completion: @escaping Completion<Void>) {
        perform(completion) { database throws(StoreError) in
            try database.write { try $0.grants.retain(live, at: now) }
        }
    }

    /// Does what is due of the store's upkeep, and nothing else: checks the whole database and backs it up once a day, and
    /// as soon as it holds a login that the newest backup lacks; removes what has been kept long enough.
    ///
    /// To be called about once a minute, and when a login has been saved. Where nothing is due that costs one query. After a
    /// failure it is tried again an hour later, so each is worth a line in the log. After `corrupt` the store answers
    /// nothing else any more; opened again, it restores the newest backup.
    package func maintain(at now: Instant, completion: @escaping Completion<Void>) {
        perform(completion) { database throws(StoreError) in try database.maintain(at: now) }
    }

    /// Proves that the store answers, by a read that waits in line as any other work.
    package func check(completion: @escaping Completion<Void>) {
        perform(completion) { database throws(StoreError) in try database.check() }
    }

    /// Finishes what was asked for, brings everything into the database file and gives up the lock. What is asked for later
    /// is answered with `closed`. Not to be called from a completion.
    package func close() {
        dispatchPrecondition(condition: .notOnQueue(queue))
        queue.sync {
            database.withLock {
                $0?.close()
                $0 = nil
            }
        }
    }
}

extension TokenStore {
    /// Who hears the outcome, on the store's queue.
    package typealias Completion<Value> = @Sendable (Result<Value, StoreError>) -> Void

    private typealias Work<Value> = @Sendable (Database) throws(StoreError) -> Value

    private func perform<Value: Sendable>(_ completion: @escaping Completion<Value>, _ work: @escaping Work<Value>) {
        queue.async { [self] in completion(result(of: work)) }
    }

    private func result<Value: Sendable>(of work: Work<Value>) -> Result<Value, StoreError> {
        database.withLock { database in
            guard let database else { return .failure(StoreError(.closed, "The store has been closed.")) }
            return Result { () throws(StoreError) in try work(database) }
        }
    }
}
