import Accounts
package import LocalAPI
import OAuth

/// Logins, from the request to the tokens.
extension Engine {
    /// Begins a login, or joins the pending one of the same flow.
    ///
    /// - Throws: a `conflict` while one of another flow is pending; why the issuer did not let this one begin.
    package func login(
        _ account: String,
        _ request: LoginRequest
    ) async throws(Problem) -> (login: LoginStatus, isNew: Bool) {
        let desk = try liveDesk(account)
        guard let provider = desks[desk]?.provider, provider.source == nil else {
            throw Problem(.invalidRequest, "\(account) gets its tokens by itself and needs no login", account: account)
        }
        let flow = try flow(of: request, provider, account)
        if let pending = logins.values.first(where: { $0.desk == desk && !$0.machine.isOver }) {
            guard pending.flow == flow, flow == LoginDesk.deviceFlow else {
                throw Problem(
                    .conflict,
                    "a login to \(account) by the flow \(pending.flow) is pending, with the id \(pending.id)",
                    account: account
                )
            }
            return (try await begun(pending.id), false)
        }
        forgetOldLogins(at: now())
        let id = Self.newLoginID()
        logins[id] = LoginDesk(id: id, account: account, desk: desk, provider: provider, flow: flow)
        deliver(.loginBegan, to: desk)
        if let refreshToken = request.refreshToken {
            takeOver(Secret(refreshToken), provider, login: id)
        } else if let code = request.code {
            let code = AuthorizationCode(
                code: Secret(code),
                redirectURI: request.redirectURI,
                verifier: request.codeVerifier.map { Secret($0) }
            )
            redeem(code, provider, login: id)
        } else {
            carryOut(LoginMachine.firstEffect, ofLogin: id)
            return (try await begun(id), true)
        }
        _ = try await begun(id)
        return (try await login(id: id, wait: .seconds(30)), true)
    }

    private func flow(
        of request: LoginRequest,
        _ provider: any Provider,
        _ account: String
    ) throws(Problem) -> String {
        if request.refreshToken != nil { return LoginDesk.takeOverFlow }
        if request.code != nil { return LoginDesk.codeFlow }
        let flow = request.flow ?? LoginDesk.deviceFlow
        guard provider.loginFlows.contains(.device) else {
            throw Problem(
                .invalidRequest,
                "nobody can log in to \(account) here; it takes what was obtained elsewhere",
                account: account,
                fix: "tokenctl login \(account) --refresh-token-stdin, or --code-stdin"
            )
        }
        guard flow == LoginDesk.deviceFlow else {
            throw Problem(.invalidRequest, "\(account) knows no flow \(flow); it knows: device", account: account)
        }
        return flow
    }

    /// How a login stands, at once or as soon as that changes.
    package func login(id: String, wait: Duration) async throws(Problem) -> LoginStatus {
        guard let before = logins[id]?.status else { throw unknownLogin(id) }
        let deadline = now().advanced(by: wait)
        while let login = logins[id], login.status == before, !login.machine.isOver, !now().hasReached(deadline),
            !Task.isCancelled
        {
            await change(of: id, within: now().remaining(until: deadline))
        }
        guard let login = logins[id] else { throw unknownLogin(id) }
        return login.status
    }

    /// Gives a login up.
    package func cancelLogin(id: String) throws(Problem) -> LoginStatus {
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
        guard let before = logins[id]?.status else { return }
        let now = now()
        let effect = logins[id]?.machine.handle(event, at: now)
        if let effect { carryOut(effect, ofLogin: id) }
        guard let machine = logins[id]?.machine else { return }
        if let authorization = machine.authorization { logins[id]?.shown = authorization }
        if machine.isOver, let login = logins[id], login.endedAt == nil {
            logins[id]?.endedAt = now
            deliver(.loginEnded, to: login.desk)
        }
        if logins[id]?.status != before {
            announceLogin(id)
            for watcher in Array(logins[id]?.watchers.keys ?? [:].keys) { wake(watcher, of: id) }
        }
        arm(for: machine.earliestWake(at: now), at: now)
    }

    /// The account has taken the tokens.
    func loginTaken(by desk: AccountDesk.ID, saved: Bool) {
        if saved { maintainStore(at: now()) }
        for (id, login) in logins where login.desk == desk { deliver(.taken(saved: saved), toLogin: id) }
    }

    /// Forgets logins that have been over for a while; many that end soon after each other are forgotten sooner.
    func forgetOldLogins(at now: Instant) {
        let over = logins.values.compactMap { login in login.endedAt.map { (id: login.id, at: $0) } }
            .sorted { $1.at.remaining(until: $0.at) > .zero }
        for (index, login) in over.enumerated()
        where index >= LoginDesk.remembered || now.hasReached(login.at.advanced(by: LoginDesk.memory)) {
            logins[login.id] = nil
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
            beginErrand()
            Task {
                let reading = await surroundings.issuers.poll(login.provider, authorization)
                polled(reading, of: login)
                endErrand()
            }
        case .deliver(let tokens, let sentAt):
            checkLifetime(of: tokens, for: login.account)
            deliver(.loggedIn(tokens, scope: login.provider.scope, sentAt: sentAt), to: login.desk)
        case .deliverRefreshToken(let failure):
            let client = login.shown?.client
            deliver(.loggedInWithoutToken(failure, client: client, scope: login.provider.scope), to: login.desk)
        }
    }

    private func polled(_ reading: IssuerClient.Reading<DevicePoll>, of login: LoginDesk) {
        let answer: DevicePoll =
            switch reading.result {
            case .success(let poll): poll
            case .failure(let failure): .failed(failure)
            }
        if isOver(login) { giveBack(answer.refreshToken, of: login) }
        deliver(.polled(answer, sentAt: reading.sentAt), toLogin: login.id)
    }

    /// Takes over a refresh token that was obtained elsewhere, by using it once: that shows that it works and brings the
    /// first access token.
    private func takeOver(_ refreshToken: Secret, _ provider: any Provider, login id: String) {
        beginErrand()
        Task {
            let reading = await surroundings.issuers.renew(provider, .refreshToken(refreshToken), .standard)
            takenOver(reading, with: refreshToken, login: id)
            endErrand()
        }
    }

    /// Exchanges a code that was obtained elsewhere.
    private func redeem(_ code: AuthorizationCode, _ provider: any Provider, login id: String) {
        beginErrand()
        Task {
            let reading = await surroundings.issuers.exchange(provider, code)
            takenOver(reading, with: nil, login: id)
            endErrand()
        }
    }

    private func takenOver(_ reading: IssuerClient.Reading<TokenSet>, with refreshToken: Secret?, login id: String) {
        guard let login = logins[id] else { return }
        switch reading.result {
        case .failure(let failure) where failure.rotatedRefreshToken != nil:
            guard !isOver(login) else { return giveBack(failure.rotatedRefreshToken, of: login) }
            logins[id]?.machine = .delivering
            deliver(.loggedInWithoutToken(failure, scope: login.provider.scope), to: login.desk)
        case .failure(let failure):
            deliver(.authorized(.failure(failure), sentAt: reading.sentAt), toLogin: id)
        case .success(let tokens) where isOver(login):
            // One that was not rotated belongs to whoever brought it.
            if tokens.refreshToken != refreshToken { giveBack(tokens.refreshToken, of: login) }
        case .success(var tokens):
            checkLifetime(of: tokens, for: login.account)
            tokens.refreshToken = tokens.refreshToken ?? refreshToken
            logins[id]?.machine = .delivering
            deliver(.loggedIn(tokens, scope: login.provider.scope, sentAt: reading.sentAt), to: login.desk)
        }
    }

    /// Whether a login has ended while its issuer was asked: nobody is there to take what it brings.
    private func isOver(_ login: LoginDesk) -> Bool { logins[login.id]?.machine.isOver ?? true }

    private func giveBack(_ refreshToken: Secret?, of login: LoginDesk) {
        guard let refreshToken else { return }
        revokeInPassing(RevocationDesk(login.account, refreshToken, provider: login.provider, since: now()))
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

    /// Returns when a login has changed, when its time is over, or when the caller has gone.
    private func change(of id: String, within limit: Duration) async {
        nextWatcher += 1
        let watcher = nextWatcher
        let alarm = Task {
            do { try await Task.sleep(for: limit, clock: .continuous) } catch { return }
            wake(watcher, of: id)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled || logins[id] == nil {
                    continuation.resume()
                } else {
                    logins[id]?.watchers[watcher] = continuation
                }
            }
        } onCancel: {
            Task { await self.wake(watcher, of: id) }
        }
        alarm.cancel()
    }

    private func wake(_ watcher: LoginDesk.Watcher, of id: String) {
        logins[id]?.watchers.removeValue(forKey: watcher)?.resume()
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

extension DevicePoll {
    /// The refresh token that came with it, be the rest usable or not.
    fileprivate var refreshToken: Secret? {
        switch self {
        case .tokens(let tokens): tokens.refreshToken
        case .failed(let failure): failure.rotatedRefreshToken
        case .pending, .slowDown, .denied, .expired: nil
        }
    }
}
