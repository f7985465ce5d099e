import Accounts
package import LocalAPI
import OAuth

/// Logins, from the request to the tokens.
extension Engine {
    package func login(
        _ account: String,
        _ request: LoginRequest
    ) async throws(Problem) -> (login: LoginStatus, isNew: Bool) {
        let desk = try liveDesk(account)
        guard let provider = desks[desk]?.provider else { throw Problem(.unknownAccount, "no account \(account)") }
        guard provider.source == nil else {
            throw Problem(.invalidRequest, "\(account) gets its tokens by itself and needs no login", account: account)
        }
        if let refreshToken = request.refreshToken {
            return (try await takeOver(Secret(refreshToken), account, desk, provider), true)
        }
        if let flow = request.flow, flow != "device" {
            throw Problem(.invalidRequest, "\(account) knows no flow \(flow); it knows: device", account: account)
        }
        if let pending = logins.values.first(where: { $0.account == account && !$0.machine.isOver }) {
            return (try await begun(pending.id), false)
        }
        let id = Self.newLoginID()
        logins[id] = LoginDesk(id: id, account: account, desk: desk, provider: provider)
        deliver(.loginBegan, to: desk)
        carryOut(LoginMachine.firstEffect, ofLogin: id)
        return (try await begun(id), true)
    }

    package func login(id: String, wait: Duration) async throws(Problem) -> LoginStatus {
        guard let login = logins[id] else { throw unknownLogin(id) }
        let before = login.status
        let deadline = now().advanced(by: wait)
        while let login = logins[id], login.status == before, !login.machine.isOver, !now().hasReached(deadline),
            !Task.isCancelled
        {
            await change(of: id, within: now().remaining(until: deadline))
        }
        guard let login = logins[id] else { throw unknownLogin(id) }
        return login.status
    }

    package func cancelLogin(id: String) throws(Problem) -> LoginStatus {
        guard logins[id] != nil else { throw unknownLogin(id) }
        deliver(.cancelled, toLogin: id)
        guard let login = logins[id] else { throw unknownLogin(id) }
        return login.status
    }

    func cancelLogin(of account: String) {
        for (id, login) in logins where login.account == account { deliver(.cancelled, toLogin: id) }
    }

    func cancelAllLogins() {
        for id in logins.keys { deliver(.cancelled, toLogin: id) }
    }

    /// Hands an event to a login's machine and does what it asks for.
    func deliver(_ event: LoginMachine.Event, toLogin id: String) {
        guard let before = logins[id] else { return }
        let effect = logins[id]?.machine.handle(event, at: now())
        if let effect { carryOut(effect, ofLogin: id) }
        guard let after = logins[id] else { return }
        if let authorization = after.machine.authorization { logins[id]?.shown = authorization }
        if after.machine.isOver, after.endedAt == nil {
            logins[id]?.endedAt = now()
            deliver(.loginEnded, to: after.desk)
        }
        if logins[id]?.status != before.status {
            announceLogin(id)
            let watchers = logins[id]?.watchers ?? []
            logins[id]?.watchers = []
            for watcher in watchers { watcher.resume() }
        }
        rearm(at: now())
    }

    /// The account has taken the tokens.
    func loginTaken(by desk: AccountDesk.ID, saved: Bool) {
        for (id, login) in logins where login.desk == desk { deliver(.taken(saved: saved), toLogin: id) }
    }

    func forgetOldLogins(at now: Instant) {
        logins = logins.filter { _, login in
            guard let endedAt = login.endedAt else { return true }
            return now.remaining(until: endedAt.advanced(by: LoginDesk.memory)) > .zero
        }
    }

    private func carryOut(_ effect: LoginMachine.Effect, ofLogin id: String) {
        guard let login = logins[id] else { return }
        switch effect {
        case .authorize:
            Task {
                let reading = await surroundings.issuers.authorizeDevice(login.provider)
                deliver(.authorized(reading.result, sentAt: reading.sentAt), toLogin: id)
            }
        case .poll(let authorization):
            Task {
                let reading = await surroundings.issuers.poll(login.provider, authorization)
                let answer: DevicePoll =
                    switch reading.result {
                    case .success(let poll): poll
                    case .failure(let failure): .failed(failure)
                    }
                // The person may have given up while the issuer was giving the tokens: then they are given back.
                if case .tokens(let tokens) = answer, logins[id]?.machine.isOver != false {
                    if let late = tokens.refreshToken { _ = await surroundings.issuers.revoke(login.provider, late) }
                }
                deliver(.polled(answer, sentAt: reading.sentAt), toLogin: id)
            }
        case .deliver(let tokens, let sentAt):
            deliver(.loggedIn(tokens, scope: login.provider.scope, sentAt: sentAt), to: login.desk)
        }
    }

    /// The login once its address and code are known.
    private func begun(_ id: String) async throws(Problem) -> LoginStatus {
        while let login = logins[id], login.machine.state == .authorizing, !Task.isCancelled {
            await change(of: id, within: .seconds(60))
        }
        guard let login = logins[id] else { throw unknownLogin(id) }
        if case .failed(let failure) = login.machine.state {
            throw Answers.problem(failure, loggingInTo: login.account)
        }
        return login.status
    }

    /// Takes over a refresh token that was obtained elsewhere, by using it once: that shows that it works and brings the
    /// first access token.
    private func takeOver(
        _ refreshToken: Secret,
        _ account: String,
        _ desk: AccountDesk.ID,
        _ provider: any Provider
    ) async throws(Problem) -> LoginStatus {
        let reading = await surroundings.issuers.renew(provider, .refreshToken(refreshToken), .standard)
        switch reading.result {
        case .failure(let failure):
            throw Answers.problem(failure, loggingInTo: account)
        case .success(var tokens):
            tokens.refreshToken = tokens.refreshToken ?? refreshToken
            let id = Self.newLoginID()
            var login = LoginDesk(id: id, account: account, desk: desk, provider: provider, flow: "refresh_token")
            login.machine = .delivering
            logins[id] = login
            deliver(.loginBegan, to: desk)
            deliver(.loggedIn(tokens, scope: provider.scope, sentAt: reading.sentAt), to: desk)
            return try await self.login(id: id, wait: .seconds(30))
        }
    }

    /// Returns when a login has changed, when its time is over, or when the caller has gone.
    private func change(of id: String, within limit: Duration) async {
        let wait = Task { [weak self] in
            try? await Task.sleep(for: limit, clock: .continuous)
            await self?.wakeWatchers(of: id)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled || logins[id] == nil {
                    continuation.resume()
                } else {
                    logins[id]?.watchers.append(continuation)
                }
            }
        } onCancel: {
            wait.cancel()
        }
        wait.cancel()
    }

    private func wakeWatchers(of id: String) {
        let watchers = logins[id]?.watchers ?? []
        logins[id]?.watchers = []
        for watcher in watchers { watcher.resume() }
    }

    private func unknownLogin(_ id: String) -> Problem {
        Problem(.notFound, "no login \(id) is known; pending logins do not outlive the daemon, begin again")
    }

    private static func newLoginID() -> String {
        (0..<4).map { _ in
            let word = String(UInt32.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 8 - word.count) + word
        }.joined()
    }
}
