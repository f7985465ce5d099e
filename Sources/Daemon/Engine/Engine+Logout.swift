import Accounts
package import LocalAPI
import Logging
import OAuth
import TokenStore

/// Logging out: the tokens are gone here at once, and the issuer is told as soon as it can be.
extension Engine {
    package func logout(_ account: String) async throws(Problem) -> LogoutAnswer {
        let desk = try liveDesk(account)
        guard logouts[desk] == nil else {
            throw Problem(.conflict, "\(account) is being logged out already", account: account, retryAfter: 1)
        }
        cancelLogin(of: account)
        return await withCheckedContinuation { continuation in
            logouts[desk] = continuation
            deliver(.loggedOut, to: desk)
        }
    }

    /// The store has forgotten the login, or could not; either way memory has, and the issuer is told.
    func buried(_ desk: AccountDesk.ID, _ refreshToken: Secret?, _ result: Result<Void, StoreError>) async {
        guard let account = desks[desk] else { return }
        var wiped = "wiped"
        noteStore(result)
        if case .failure(let error) = result {
            wiped = "no longer served, but the store could not be written (\(error.message)) so log out again"
        }
        guard let refreshToken else {
            reply(LogoutAnswer(revoked: false, detail: "\(wiped); there was nothing to revoke"), to: desk)
            return
        }
        let outcome = await surroundings.issuers.revoke(account.provider, refreshToken)
        let pending = await pendingRevocation(of: account.machine.id, refreshToken)
        switch outcome {
        case .success(let isRevoked):
            settle(pending)
            let told = isRevoked ? "and revoked at the issuer" : "but not revoked: the issuer offers no revocation"
            reply(LogoutAnswer(revoked: isRevoked, detail: "\(wiped), \(told)"), to: desk)
        case .failure(let failure):
            let isPassing = failure.class.isTemporary
            if let pending, isPassing {
                revocations.append(RevocationDesk(pending, provider: account.provider, retryAt: retryTime))
            } else {
                settle(pending)
            }
            let told =
                isPassing
                ? "but not revoked yet: the issuer could not be told (\(Answers.text(failure))) and will be later"
                : "but not revoked: \(Answers.text(failure))"
            reply(LogoutAnswer(revoked: false, detail: "\(wiped), \(told)", retrying: isPassing), to: desk)
        }
    }

    /// The row that a logout left behind.
    private func pendingRevocation(of grant: GrantID, _ refreshToken: Secret) async -> PendingRevocation? {
        await withCheckedContinuation { continuation in
            surroundings.store.pendingRevocations(at: now()) { result in
                let rows = (try? result.get()) ?? []
                continuation.resume(returning: rows.first { $0.grant == grant && $0.refreshToken == refreshToken })
            }
        }
    }

    /// Takes up the revocations that an earlier run could not finish.
    package func resumeRevocations() async {
        let pending = await withCheckedContinuation { continuation in
            surroundings.store.pendingRevocations(at: now()) { continuation.resume(returning: (try? $0.get()) ?? []) }
        }
        for revocation in pending {
            guard let desk = desks.values.first(where: { $0.machine.id == revocation.grant }) else { continue }
            revocations.append(RevocationDesk(revocation, provider: desk.provider, retryAt: now()))
        }
        retryRevocations(at: now())
    }

    /// Tries again what is due.
    func retryRevocations(at now: Instant) {
        for index in revocations.indices where now.hasReached(revocations[index].retryAt) {
            revocations[index].retryAt = retryTime
            let desk = revocations[index]
            Task {
                let result = await surroundings.issuers.revoke(desk.provider, desk.pending.refreshToken)
                if case .failure(let failure) = result, failure.class.isTemporary { return }
                revocations.removeAll { $0.pending.id == desk.pending.id }
                settle(desk.pending)
                logger.info("\(desk.pending.grant.account): the issuer has been told of the logout")
            }
        }
    }

    private var retryTime: Instant { now().advanced(by: RevocationDesk.pause) }

    private func settle(_ pending: PendingRevocation?) {
        guard let pending else { return }
        surroundings.store.settleRevocation(pending.id) { result in
            Task { await self.noteStore(result) }
        }
    }

    private func reply(_ answer: LogoutAnswer, to desk: AccountDesk.ID) {
        logouts.removeValue(forKey: desk)?.resume(returning: answer)
    }
}

/// A refresh token that its issuer has yet to revoke.
struct RevocationDesk: Sendable {
    /// How long to wait between two tries. Nobody waits for them.
    static let pause = Duration.seconds(15 * 60)

    var pending: PendingRevocation
    var provider: any Provider
    var retryAt: Instant

    init(_ pending: PendingRevocation, provider: any Provider, retryAt: Instant) {
        self.pending = pending
        self.provider = provider
        self.retryAt = retryAt
    }
}
