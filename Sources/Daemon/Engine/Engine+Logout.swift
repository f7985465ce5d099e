import Accounts
package import LocalAPI
import Logging
import OAuth
import TokenStore

/// Logging out: the tokens are gone here at once, and the issuer is told as soon as it can be.
extension Engine {
    /// Forgets a login, here and on the disk, and has the issuer revoke its refresh token.
    package func logout(_ account: String) async throws(Problem) -> LogoutAnswer {
        let desk = try liveDesk(account)
        cancelLogin(of: account)
        return await withCheckedContinuation { continuation in
            asker = continuation
            deliver(.loggedOut, to: desk)
        }
    }

    /// Has the store forget a login, and answers who asked for that. The refresh token stays among the store's pending
    /// revocations until the issuer has been told, also one that only the store still has.
    func bury(_ grant: GrantID, _ token: Secret?, of provider: any Provider, at now: Instant) {
        let asker = asker
        self.asker = nil
        leavePortal(grant.account)
        // What is being read from the store at this moment may be older than this.
        departures += 1
        beginErrand()
        let revoking = provider.revokedToken
        let completion = onStored { engine, result in
            if case .failure = result { engine.unburied[grant] = revoking }
            Task {
                let answer = await engine.tellIssuer(of: grant, token, provider, wiped: result, since: now)
                asker?.resume(returning: answer)
                engine.endErrand()
            }
        }
        surroundings.store.bury(grant, at: now, revoking: revoking, completion: completion)
    }

    private func tellIssuer(
        of grant: GrantID,
        _ token: Secret?,
        _ provider: any Provider,
        wiped: Result<Void, StoreError>,
        since: Instant
    ) async -> LogoutAnswer {
        var done = "wiped"
        if case .failure(let error) = wiped {
            done =
                "no longer served, but the store could not be written (\(error.message)), where it is wiped as soon as that "
                + "is possible"
        }
        let rows = await pendingRevocations().filter { $0.grant == grant }
        guard let token = token ?? rows.first?.token else {
            return LogoutAnswer(revoked: false, detail: "\(done); there was nothing to revoke")
        }
        var revocation = RevocationDesk(grant.account, token, provider: provider, since: since)
        revocation.row = rows.first { $0.token == token }?.id
        switch await revoke(revocation) {
        case .success(true):
            return LogoutAnswer(revoked: true, detail: "\(done), and revoked at the issuer")
        case .success(false):
            return LogoutAnswer(revoked: false, detail: "\(done), but not revoked: the issuer offers no revocation")
        case .failure(let failure) where failure.class.isTemporary:
            let why = "the issuer could not be told (\(Answers.text(failure))) and will be later"
            return LogoutAnswer(revoked: false, detail: "\(done), but not revoked yet: \(why)", retrying: true)
        case .failure(let failure):
            return LogoutAnswer(revoked: false, detail: "\(done), but not revoked: \(Answers.text(failure))")
        }
    }

    /// Has the store forget at last what it could not when it was asked.
    func retryBurials(at now: Instant) {
        for (grant, revoking) in unburied {
            let completion = onStored { engine, result in
                guard case .success = result, engine.unburied.removeValue(forKey: grant) != nil else { return }
                Task { await engine.resumeRevocations() }
            }
            surroundings.store.bury(grant, at: now, revoking: revoking, completion: completion)
        }
    }

    /// Revokes a refresh token that nobody waits for.
    func revokeInPassing(_ revocation: RevocationDesk) {
        beginErrand()
        Task {
            switch await revoke(revocation) {
            case .success(true):
                logger.info(
                    "\(revocation.account): a login that is no longer used has been ended at the issuer"
                )
            case .failure(let failure) where !failure.class.isTemporary:
                logger.warning(
                    "\(revocation.account): the issuer does not end a login that is no longer used: \(Answers.text(failure))"
                )
            case .success(false), .failure:
                break
            }
            endErrand()
        }
    }

    /// Tells the issuer. While it cannot be reached it is told again later, for as long as that is of use.
    private func revoke(_ revocation: RevocationDesk) async -> Result<Bool, Failure> {
        if let row = revocation.row { revoking.insert(row) }
        let outcome = await surroundings.issuers.revoke(revocation.provider, revocation.token)
        if let row = revocation.row { revoking.remove(row) }
        if case .failure(let failure) = outcome, failure.class.isTemporary, !revocation.isTooOld(at: now()) {
            var later = revocation
            later.retryAt = now().advanced(by: max(RevocationDesk.pause, failure.class.retryAfter ?? .zero))
            revocations.append(later)
        } else if let row = revocation.row {
            surroundings.store.settleRevocation(row, completion: onStored())
        }
        return outcome
    }

    /// Takes up the revocations that an earlier run could not finish, as far as the configuration knows their issuers.
    package func resumeRevocations() async {
        let pending = await pendingRevocations()
        let known = Set(revocations.compactMap(\.row)).union(revoking)
        for row in pending where !known.contains(row.id) {
            guard let provider = desks.values.first(where: { $0.machine.id == row.grant })?.provider else { continue }
            var revocation = RevocationDesk(row.grant.account, row.token, provider: provider, since: row.since)
            revocation.row = row.id
            revokeInPassing(revocation)
        }
    }

    /// Tries again what is due.
    func retryRevocations(at now: Instant) {
        let due = revocations.filter { now.hasReached($0.retryAt) }
        revocations.removeAll { now.hasReached($0.retryAt) }
        for revocation in due { revokeInPassing(revocation) }
    }

    /// The store's list; nothing where it cannot be read.
    private func pendingRevocations() async -> [PendingRevocation] {
        await withCheckedContinuation { continuation in
            surroundings.store.pendingRevocations(at: now()) { continuation.resume(returning: (try? $0.get()) ?? []) }
        }
    }
}

/// A refresh token that its issuer has yet to revoke.
struct RevocationDesk: Sendable {
    /// How long to wait between two tries, at the least. Nobody waits for them.
    static let pause = Duration.seconds(15 * 60)

    var account: String
    var token: Secret
    var provider: any Provider
    var since: Instant
    var retryAt: Instant
    /// Where the store keeps it; `nil` when it is in memory only.
    var row: PendingRevocation.ID?

    init(_ account: String, _ token: Secret, provider: any Provider, since: Instant) {
        self.account = account
        self.token = token
        self.provider = provider
        self.since = since
        retryAt = since
    }

    func isTooOld(at now: Instant) -> Bool { (now.age(since: since) ?? .zero) > PendingRevocation.patience }
}
