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
        var next: [String: AccountDesk.ID] = [:]
        for account in settings.accounts {
            let provider = Providers.make(account.provider)
            let id = GrantID(account: account.name, fingerprint: provider.fingerprint)
            let record = stored.first { $0.id == id && $0.requestedScope.contains(provider.scope) }
            if let desk = matchingDesk(id, scope: provider.scope, isStored: record != nil) {
                desks[desk]?.provider = provider
                next[account.name] = desk
            } else {
                next[account.name] = open(id, provider, stored: stored.first { $0.id == id }, at: now)
            }
        }
        let previous = live
        order = settings.accounts.map(\.name)
        live = next
        for (account, desk) in previous where next[account] != desk {
            cancelLogin(of: account)
            deliver(.retired, to: desk)
        }
        for desk in next.values {
            deliver(.reconfigured(policy, source: desks[desk]?.provider.source), to: desk)
        }
        let kept = Set(next.values.compactMap { desks[$0]?.machine.id })
        surroundings.store.retain(live: kept, at: now) { result in
            Task { await self.noteStore(result) }
        }
        reportStatus(at: now)
    }

    /// Reads the configuration anew. One that cannot be used changes nothing but the status, which says why.
    package func reload() async throws(Problem) {
        let settings: Settings
        do throws(SettingsErrors) {
            settings = try surroundings.loadSettings()
        } catch {
            configurationError = error.description
            logger.error("the configuration cannot be used, the old one stays in force: \(error)")
            throw Problem(.invalidRequest, error.description, fix: "tokend --check-config")
        }
        for warning in settings.warnings { logger.warning("\(warning)") }
        apply(settings, stored: try await storedGrants())
        logger.notice("the configuration has been read anew: \(order.count) accounts")
    }

    /// What the store holds now; an error there keeps the old configuration too.
    private func storedGrants() async throws(Problem) -> [StoredGrant] {
        let store = surroundings.store
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { () throws(StoreError) in try store.load().grants })
            }
        }
        switch result {
        case .success(let grants): return grants
        case .failure(let error):
            throw Problem(.temporarilyUnavailable, "the store cannot be read: \(error.message)", retryAfter: 5)
        }
    }

    /// The desk that goes on with a login. One without a login gives way to a dormant login in the store.
    private func matchingDesk(_ id: GrantID, scope: Scope, isStored: Bool) -> AccountDesk.ID? {
        let matching = desks.filter { $0.value.machine.id == id && $0.value.machine.matches(scope) }
        return matching.first { $0.value.machine.isLoggedIn }?.key ?? (isStored ? nil : matching.first?.key)
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
            stored: stored,
            at: now
        )
        desks[nextDesk] = AccountDesk(provider: provider, machine: machine)
        return nextDesk
    }
}
