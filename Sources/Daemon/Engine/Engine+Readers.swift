import Accounts
import Gateways
package import LocalAPI
import OAuth

/// Readers, and what they may know of accounts.
extension Engine: AccountService {
    /// A token, waiting for one as long as the query allows.
    package func token(of account: String, _ query: TokenQuery) async throws(Problem) -> TokenAnswer {
        let desk = try liveDesk(account)
        let want: Waiter.Want = query.force ? .newToken : .token
        let waiter = waiter(want, query, scope: desks[desk]?.provider.scope ?? .none)
        return try await answer(waiter, from: desk, of: account)
    }

    /// One attempt, or the one that is under way, with a token's answer without the token.
    package func refresh(_ account: String) async throws(Problem) -> TokenAnswer {
        let desk = try liveDesk(account)
        // Long enough for any attempt: the transport's own deadline comes first.
        let waiter = waiter(.attempt, TokenQuery(wait: 300), scope: .none)
        var answer = try await answer(waiter, from: desk, of: account)
        answer.accessToken = nil
        return answer
    }

    /// Every configured account, in the order of the configuration.
    package func accounts() -> [AccountStatus] {
        let now = now()
        return order.compactMap { name in live[name].flatMap { desks[$0] } }.map { Answers.status(of: $0, at: now) }
    }

    /// One configured account.
    package func account(_ name: String) throws(Problem) -> AccountStatus {
        guard let desk = desks[try liveDesk(name)] else { throw unknown(name) }
        return Answers.status(of: desk, at: now())
    }

    /// The events after the one named, and those to come.
    package nonisolated func events(after id: UInt64?) -> AsyncStream<ServerEvent> {
        surroundings.events.follow(after: id)
    }

    /// The desk that serves an account.
    func liveDesk(_ account: String) throws(Problem) -> AccountDesk.ID {
        guard !isStopping else { throw Answers.problem(.gone, of: account, at: now()) }
        guard let desk = live[account] else { throw unknown(account) }
        return desk
    }

    private func unknown(_ account: String) -> Problem {
        let more = order.count > 20 ? " and \(order.count - 20) more" : ""
        let known =
            order.isEmpty ? "there is none yet" : "there are: " + order.prefix(20).joined(separator: ", ") + more
        return Problem(
            .unknownAccount,
            "no account \(account) in \(daemon.configurationPath); \(known)",
            account: account
        )
    }

    func waiter(_ want: Waiter.Want, _ query: TokenQuery, scope: Scope) -> Waiter {
        nextWaiter += 1
        let asked = Scope(query.scope.flatMap { Scope(wire: $0).tokens })
        return Waiter(
            id: nextWaiter,
            want: want,
            kind: TokenKind(query.kind),
            variant: TokenVariant(
                scope: asked == scope ? .none : asked,
                audience: Set(query.audience),
                resource: Set(query.resource)
            ),
            minValid: query.minValid.map { .seconds($0) },
            deadline: now().advanced(by: .seconds(query.wait))
        )
    }

    private func answer(
        _ waiter: Waiter,
        from desk: AccountDesk.ID,
        of account: String
    ) async throws(Problem) -> TokenAnswer {
        let issuer = desks[desk]?.provider.issuer ?? ""
        return Answers.token(try await served(waiter, from: desk, of: account), of: account, issuer: issuer, at: now())
    }

    /// A token as the machine gives it, be it for a reader or for something of ours.
    func served(_ waiter: Waiter, from desk: AccountDesk.ID, of account: String) async throws(Problem) -> ServedToken {
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
                guard !Task.isCancelled, desks[desk] != nil else {
                    continuation.resume(returning: .refused(.gone))
                    return
                }
                readers[waiter.id] = continuation
                deliver(.read(waiter), to: desk)
            }
        } onCancel: {
            Task { await self.abandon(waiter.id, at: desk) }
        }
        switch answer {
        case .token(let served): return served
        case .refused(let refusal): throw Answers.problem(refusal, of: account, at: now())
        }
    }

    private func abandon(_ waiter: Waiter.ID, at desk: AccountDesk.ID) {
        guard let reader = readers.removeValue(forKey: waiter) else { return }
        reader.resume(returning: .refused(.gone))
        deliver(.abandoned(waiter), to: desk)
    }
}
