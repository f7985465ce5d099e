package import Accounts
import Dispatch
package import LocalAPI
import Logging
import OAuth
package import Settings
import TokenStore

extension Engine {
    /// Puts a configuration in force.
    ///
    /// A login that still matches goes on undisturbed. One that does not is retired: it is served to nobody, what it has
    /// under way is saved, and it comes back when the configuration does.
    ///
    /// - Parameters:
    ///   - settings: the whole configuration.
    ///   - stored: what the store holds, for logins that are not in memory.
    package func apply(_ settings: Settings, stored: [StoredGrant]) {
        let now = now()
        policy = RefreshPolicy(
            margin: settings.refreshMargin,
            minValid: settings.minValid,
            assumedLifetime: settings.assumedLifetime
        )
        configurationError = nil
        let previous = live
        let known = stored.filter { unburied[$0.id] == nil }
        let rows = Dictionary(known.map { ($0.id, $0) }) { first, _ in first }
        let serving = Dictionary(grouping: desks.keys) { desks[$0]?.machine.id }
        order = settings.accounts.map(\.name)
        live = [:]
        for account in settings.accounts {
            let provider = Providers.make(account.provider)
            let id = GrantID(account: account.name, fingerprint: provider.fingerprint)
            let desk = matching(provider.scope, among: serving[id] ?? [], stored: rows[id])
            let chosen = desk ?? open(id, provider, stored: rows[id], at: now)
            desks[chosen]?.provider = provider
            desks[chosen]?.user = account.user
            live[account.name] = chosen
        }
        for (account, desk) in previous where live[account] != desk {
            cancelLogin(of: account)
            leavePortal(account)
            deliver(.retired, to: desk)
        }
        for desk in live.values {
            guard let provider = desks[desk]?.provider else { continue }
            deliver(.reconfigured(policy, source: provider.source, scope: provider.scope), to: desk)
        }
        let kept = Set(live.values.compactMap { desks[$0]?.machine.id })
        surroundings.store.retain(live: kept, at: now, completion: onStored())
        reportStatus()
        // Without an account nothing else would ever begin to tick, and the service manager would take that for death.
        arm(for: nil, at: now)
    }

    /// Reads the configuration anew. One that cannot be used changes nothing but the status, which says why.
    package func reload() async throws(Problem) {
        lastReload += 1
        let reload = lastReload
        let (settings, contents) = await readFiles()
        guard !isStopping else { throw Problem(.temporarilyUnavailable, "tokend is stopping", retryAfter: 1) }
        // One that began later, and so has read what is newer, may have come first.
        guard reload > appliedReload else { return }
        appliedReload = reload
        switch (settings, contents) {
        case (.failure(let errors), _):
            configurationError = errors.description
            logger.error("the configuration cannot be used, the old one stays in force")
            for error in errors.errors { logger.error("\(error)") }
            throw Problem(.invalidRequest, errors.description, fix: "tokend --check-config")
        case (_, .failure(let error)):
            logger.error("the store cannot be read, the old configuration stays in force: \(error.message)")
            throw Problem(.temporarilyUnavailable, "the store cannot be read: \(error.message)", retryAfter: 5)
        case (.success(let settings), .success(let contents)):
            for warning in settings.warnings { logger.warning("\(warning)") }
            apply(settings, stored: contents.grants)
            logger.notice("the configuration has been read anew: \(size)")
            await resumeRevocations()
        }
    }

    /// Reads configuration and store on a thread that may wait for the disk, and once more when a desk was cleared away
    /// meanwhile: what it wrote last may have come too late to be read.
    private func readFiles() async -> (Result<Settings, SettingsErrors>, Result<StoredContents, StoreError>) {
        let (store, loadSettings, now) = (surroundings.store, surroundings.loadSettings, now())
        let departures = departures
        let read = await withCheckedContinuation { continuation in
            reloadQueue.async {
                let settings = Result { () throws(SettingsErrors) in try loadSettings() }
                continuation.resume(returning: (settings, Result { () throws(StoreError) in try store.load(at: now) }))
            }
        }
        return departures == self.departures ? read : await readFiles()
    }

    /// The desk that goes on with a login: of several, the one that has come furthest. One without a login gives way to a
    /// dormant login in the store.
    private func matching(
        _ scope: Scope,
        among candidates: [AccountDesk.ID],
        stored: StoredGrant?
    ) -> AccountDesk.ID? {
        let matching = candidates.compactMap { id in desks[id].map { (id: id, machine: $0.machine) } }
            .filter { $0.machine.matches(scope) }
        let furthest = matching.filter(\.machine.isLoggedIn).max { $0.machine.generation < $1.machine.generation }
        if let furthest { return furthest.id }
        return stored?.requestedScope.contains(scope) == true ? nil : matching.first?.id
    }

    private func open(
        _ id: GrantID,
        _ provider: any Provider,
        stored: StoredGrant?,
        at now: Instant
    ) -> AccountDesk.ID {
        nextDesk += 1
        let machine = AccountMachine(
            id: id,
            policy: policy,
            source: provider.source,
            scope: provider.scope,
            revokedToken: provider.revokedToken,
            stored: stored,
            at: now
        )
        desks[nextDesk] = AccountDesk(provider: provider, machine: machine)
        return nextDesk
    }
}
