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
            let completion = onStored { engine, result in
                let event = result.failure.map { Event.recordFailed(generation: generation, $0) }
                engine.deliver(event ?? .recorded(generation: generation), to: desk)
            }
            surroundings.store.recordIntent(id, generation: generation, at: now, completion: completion)
        case .clearIntent(let generation):
            surroundings.store.clearIntent(id, generation: generation, completion: onStored())
        case .send(let attempt):
            desks[desk]?.requests += 1
            Task {
                let reading = await surroundings.issuers.renew(provider, attempt.renewal, attempt.variant)
                desks[desk]?.requests -= 1
                if case .success(let tokens) = reading.result { checkLifetime(of: tokens, for: id.account) }
                deliver(.answered(generation: attempt.generation, reading.result, sentAt: reading.sentAt), to: desk)
            }
        case .save(let record):
            unburied[id] = nil
            let generation = record.generation
            let completion = onStored { engine, result in
                // Where a later login has taken the row, what was to be saved is no longer wanted.
                let failure = result.isSuperseded ? nil : result.failure
                let event = failure.map { Event.saveFailed(generation: generation, $0) }
                engine.deliver(event ?? .saved(generation: generation), to: desk)
            }
            surroundings.store.save(record, completion: completion)
        case .bury(let token):
            bury(id, token, of: provider, at: now)
        case .revoke(let refreshToken):
            revokeInPassing(RevocationDesk(id.account, refreshToken, provider: provider, since: now))
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

    private func publish(_ kind: TokenKind, _ served: ServedToken, of account: String, issuer: String, at now: Instant)
    {
        surroundings.published.publish(
            Answers.token(served, of: account, issuer: issuer, at: now),
            kind: TokenQuery.Kind(kind),
            expiry: now.boot + served.token.remaining(at: now),
            minValid: served.minValid
        )
    }

    /// Warns once of an issuer that writes the moment of the end where the number of seconds belongs.
    func checkLifetime(of tokens: TokenSet, for account: String) {
        guard tokens.lifetimeWasAbsolute, absoluteLifetimes.insert(account).inserted else { return }
        logger.warning(
            "\(account): the issuer gives the lifetime of a token as a moment and not in seconds; it is taken as that"
        )
    }

    /// Has the store do what is due of its upkeep. What fails there is tried again later, and told each time.
    func maintainStore(at now: Instant) {
        let logger = logger
        surroundings.store.maintain(at: now) { result in
            if case .failure(let error) = result { logger.warning("the store's upkeep failed: \(error.message)") }
        }
    }

    /// A completion for the next call of the store, which brings the outcome back here: to the log, and then to `handle`.
    func onStored(
        _ handle: @escaping @Sendable (isolated Engine, Result<Void, StoreError>) -> Void = { _, _ in }
    ) -> TokenStore.Completion<Void> {
        storeCalls += 1
        let call = storeCalls
        return { result in Task { await self.receive(result, of: call, handle) } }
    }

    private func receive(
        _ result: Result<Void, StoreError>,
        of call: Int,
        _ handle: @Sendable (isolated Engine, Result<Void, StoreError>) -> Void
    ) {
        note(result, of: call)
        handle(self, result)
    }

    /// Logs once when the store begins to fail and once when it works again. Outcomes may come here in another order than
    /// that of their calls, so one that is older than what is known says nothing.
    private func note(_ result: Result<Void, StoreError>, of call: Int) {
        if case .failure(let error) = result, error.isAboutOneRow {
            logger.warning("\(error.message)")
            return
        }
        guard call > lastStoreNote else { return }
        lastStoreNote = call
        switch result {
        case .success:
            if storeFailure != nil { logger.notice("the store can be written again") }
            storeFailure = nil
        case .failure(let error):
            if storeFailure?.code != error.code { logger.error("the store cannot be written: \(error.message)") }
            storeFailure = error
        }
    }
}

extension Result where Success == Void, Failure == StoreError {
    /// What a machine is told of a store that did not do what was asked.
    fileprivate var failure: OAuth.Failure? {
        guard case .failure(let error) = self else { return nil }
        return OAuth.Failure(.temporary(.notSent), code: OAuth.Failure.Code.storeFailed, detail: error.message)
    }

    /// Whether the row holds something later.
    fileprivate var isSuperseded: Bool {
        guard case .failure(let error) = self else { return false }
        return error.code == .superseded
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
