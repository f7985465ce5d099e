import Accounts
import OAuth

/// What the last look at an open store's upkeep found.
struct MaintenanceRound {
    /// How long it is to the next, unless logins come or go before.
    static let interval = Duration.seconds(3600)

    var at: Instant
    /// The logins there were; `nil` when they could not be read.
    var logins: Set<GrantID>?

    /// Whether it is time for another.
    func isOver(at now: Instant, logins: Set<GrantID>?) -> Bool {
        logins != self.logins || now.hasReached(at.advanced(by: Self.interval))
    }
}

// Damage that nobody looks for is found when it is too late: when every backup has it too. So each backup follows a check
// of the whole, and where that fails, the backups that are there stay.
extension Database {
    /// How long a damaged store that was set aside is kept.
    private static let retention = Duration.seconds(30 * 86_400)

    private var backups: Backups { Backups(directory: directory) }

    /// Does what is due: removes what has been kept long enough, checks the database and backs it up.
    ///
    /// Each round, also one that failed, leaves some time to the next: a failure is told once an hour.
    func maintain(at now: Instant) throws(StoreError) {
        let logins = try? read { try $0.grants.logins() }
        if let lastRound, !lastRound.isOver(at: now, logins: logins) { return }
        lastRound = MaintenanceRound(at: now, logins: logins)
        try write { try $0.grants.removeForgotten(at: now) }
        try withConnection { connection in
            let logins = try tables(connection).grants.logins()
            if try backups.isDue(for: logins, at: now) { try backUp(connection, at: now) }
            try directory.removeDamaged(before: now.advanced(by: .zero - Self.retention))
        }
    }

    /// Puts a new backup in the place of all others, so that none of them holds what has just been wiped.
    ///
    /// Where no new one can be made, the others may be all there is of the other logins, and stay; that is thrown. But on a
    /// full disk they go, which makes room for the one that the next round makes.
    func renewBackups(at now: Instant) throws(StoreError) {
        var renewed: String?
        do throws(StoreError) {
            renewed = try withConnection { try backUp($0, at: now) }
        } catch {
            guard error.code == .full else { throw error }
        }
        do {
            try backups.removeAll(except: renewed, at: now)
        } catch {
            throw StoreError(error, in: directory)
        }
    }

    /// Backs up what has been found sound. A store without a login is not worth it.
    @discardableResult
    private func backUp(_ connection: Connection, at now: Instant) throws -> String? {
        guard try !tables(connection).grants.logins().isEmpty else { return nil }
        try connection.verify(thorough: true)
        return try backups.make(of: connection, at: now)
    }
}
