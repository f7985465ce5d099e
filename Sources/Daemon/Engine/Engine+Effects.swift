import Accounts
import Gateways
import LocalAPI
import Logging
import OAuth
import TokenStore

/// Carries out what the machines ask for. The store takes its work in the order in which it is handed over here.
extension Engine {
    func carryOut(_ effect: Effect, of desk: AccountDesk.ID, at now: Instant) {
        guard let provider = desks[desk]?.provider, let id = desks[desk]?.machine.id else { return }
        switch effect {
        case .recordIntent(let generation):
            surroundings.store.recordIntent(id, generation: generation, at: now) { result in
                Task { await self.noteStore(result) }
                self.post(result.asEvent(.recorded(generation: generation)) { .recordFailed(generation: generation, $0) }, to: desk)
            }
        case .clearIntent(let generation):
            surroundings.store.clearIntent(id, generation: generation) { result in
                Task { await self.noteStore(result) }
            }
        case .send(let attempt):
            Task {
                let reading = await surroundings.issuers.renew(provider, attempt.renewal, attempt.variant)
                deliver(.answered(generation: attempt.generation, reading.result, sentAt: reading.sentAt), to: desk)
            }
        case .save(let record):
            surroundings.store.save(record) { result in
                Task { await self.noteStore(result) }
                let generation = record.generation
                self.post(result.asEvent(.saved(generation: generation)) { .saveFailed(generation: generation, $0) }, to: desk)
            }
        case .bury(let refreshToken):
            surroundings.store.bury(id, at: now, revoke: refreshToken != nil) { result in
                Task { await self.buried(desk, refreshToken, result) }
            }
        case .revoke(let refreshToken):
            Task { _ = await surroundings.issuers.revoke(provider, refreshToken) }
        case .publish(let kind, let served):
            publish(kind, served, of: id.account, issuer: provider.issuer, at: now)
        case .withdraw(let kind):
            surroundings.published.withdraw(account: id.account, kind: TokenQuery.Kind(kind))
        case .reply(let waiter, let answer):
            readers.removeValue(forKey: waiter)?.resume(returning: answer)
        case .announce(let announcement):
            announce(announcement, of: desk, at: now)
        }
    }

    private nonisolated func post(_ event: Event, to desk: AccountDesk.ID) {
        Task { await deliver(event, to: desk) }
    }

    private func publish(_ kind: TokenKind, _ served: ServedToken, of account: String, issuer: String, at now: Instant) {
        surroundings.published.publish(
            Answers.token(served, of: account, issuer: issuer, at: now),
            kind: TokenQuery.Kind(kind),
            expiry: now.boot + served.token.remaining(at: now),
            minValid: served.minValid
        )
    }

    /// Logs once when the store begins to fail and once when it works again.
    func noteStore(_ result: Result<Void, StoreError>) {
        switch result {
        case .success:
            if storeFailure != nil { logger.notice("the store can be written again") }
            storeFailure = nil
        case .failure(let error) where error.isAboutOneRow:
            logger.warning("\(error.message)")
        case .failure(let error):
            if storeFailure?.code != error.code { logger.error("the store cannot be written: \(error.message)") }
            storeFailure = error
        }
    }
}

extension Result where Success == Void, Failure == StoreError {
    /// The event that tells a machine what the store did.
    fileprivate func asEvent(_ success: Event, failure: (OAuth.Failure) -> Event) -> Event {
        switch self {
        case .success: success
        // A later login has taken the row: what was to be saved is no longer wanted.
        case .failure(let error) where error.code == .superseded: success
        case .failure(let error):
            failure(
                OAuth.Failure(.temporary(.notSent), code: OAuth.Failure.Code.storeFailed, detail: error.message)
            )
        }
    }
}

extension StoreError {
    /// Whether only the row asked for is at fault, and the store itself is well.
    fileprivate var isAboutOneRow: Bool { code == .superseded || code == .unknownGrant }
}

extension TokenQuery.Kind {
    init(_ kind: TokenKind) {
        switch kind {
        case .accessToken: self = .accessToken
        case .idToken: self = .idToken
        }
    }
}

extension TokenKind {
    init(_ kind: TokenQuery.Kind) {
        switch kind {
        case .accessToken: self = .accessToken
        case .idToken: self = .idToken
        }
    }
}
