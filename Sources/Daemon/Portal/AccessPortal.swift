package import IdentityCenter
package import LocalAPI
package import OAuth

/// Asks the portal on behalf of readers, and keeps role credentials ready: hands events to its machine, carries effects
/// out, and keeps the one timer. The machine decides everything.
package actor AccessPortal {
    /// Gives an account's portal and its access token, waiting for one as long as it is told. With a rejected token,
    /// one that the portal does not accept: if it is the account's own it is renewed once, whatever the clock says; if
    /// another has taken its place, that one is given.
    package typealias Admission =
        @Sendable (_ account: String, _ rejected: Secret?, _ wait: Duration) async throws(Problem) -> PortalSession

    /// Sends one request, for an answer or for the page of it that begins where it is told; see `PortalClient`.
    package typealias Request =
        @Sendable (PortalQuestion, _ after: String?, PortalSession) async -> Result<PortalAnswer, PortalError>

    private let request: Request
    private let admission: Admission
    private let now: @Sendable () -> Instant
    private var machine = PortalMachine()
    private var readers: [PortalMachine.Waiter.ID: CheckedContinuation<Result<PortalAnswer, Problem>, Never>] = [:]
    private var nextReader: PortalMachine.Waiter.ID = 0
    private var timer: (moment: Instant, task: Task<Void, Never>)?

    /// Takes the way to the portal, the way to access tokens, and the clock.
    package init(
        request: @escaping Request,
        admission: @escaping Admission,
        now: @escaping @Sendable () -> Instant
    ) {
        self.request = request
        self.admission = admission
        self.now = now
    }

    /// The credentials of a role, from memory where they live long enough.
    package func credentials(
        of role: Role,
        for account: String,
        wait: Duration
    ) async throws(Problem) -> RoleCredentials {
        guard case .credentials(let credentials) = try await answer(.credentials(role), of: account, wait) else {
            throw .portalClosed(account)
        }
        return credentials
    }

    /// Every AWS account in which the login has a role.
    package func awsAccounts(for account: String, wait: Duration) async throws(Problem) -> [AWSAccount] {
        guard case .awsAccounts(let listing) = try await answer(.awsAccounts, of: account, wait) else { return [] }
        return listing.items
    }

    /// Every role that the login has in an AWS account.
    package func roles(
        in awsAccount: AWSAccount.ID,
        for account: String,
        wait: Duration
    ) async throws(Problem) -> [Role] {
        guard case .roles(let listing) = try await answer(.roles(awsAccount), of: account, wait) else { return [] }
        return listing.items
    }

    /// Drops everything that came by an account's login: it has changed, or is over.
    package func forget(_ account: String) { deliver(.forgotten(account: account)) }

    /// Answers everyone who waits; nothing is asked any more.
    package func close() { deliver(.closed) }

    private func answer(
        _ question: PortalQuestion,
        of account: String,
        _ wait: Duration
    ) async throws(Problem) -> PortalAnswer {
        nextReader += 1
        let waiter = PortalMachine.Waiter(id: nextReader, deadline: now().advanced(by: wait))
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<PortalAnswer, Problem>, Never>) in
                guard !Task.isCancelled else {
                    continuation.resume(returning: .failure(.portalTimedOut(question, of: account)))
                    return
                }
                readers[waiter.id] = continuation
                deliver(.asked(waiter, PortalMachine.Key(question, of: account)))
            }
        } onCancel: {
            Task { await self.abandon(waiter.id, .portalTimedOut(question, of: account)) }
        }
        return try answer.get()
    }

    private func abandon(_ waiter: PortalMachine.Waiter.ID, _ problem: Problem) {
        guard let reader = readers.removeValue(forKey: waiter) else { return }
        reader.resume(returning: .failure(problem))
        deliver(.abandoned(waiter))
    }

    private func deliver(_ event: PortalMachine.Event) {
        let now = now()
        for effect in machine.handle(event, at: now, jitter: .random(in: 0...1)) { carryOut(effect) }
        arm(at: now)
    }

    private func carryOut(_ effect: PortalMachine.Effect) {
        switch effect {
        case .reply(let waiter, let answer):
            readers.removeValue(forKey: waiter)?.resume(returning: answer)
        case .admit(let call, let rejected, let wait):
            Task {
                do throws(Problem) {
                    let session = try await admission(call.key.account, rejected, wait)
                    deliver(.admitted(call, .success(session)))
                } catch {
                    deliver(.admitted(call, .failure(error)))
                }
            }
        case .ask(let call, let page, let session):
            Task { deliver(.answered(call, await request(call.key.question, page, session))) }
        }
    }

    /// Sees to it that the machine is woken at the time it wants.
    private func arm(at now: Instant) {
        let wakeAt = machine.earliestWake(at: now)
        guard wakeAt != timer?.moment else { return }
        timer?.task.cancel()
        timer = wakeAt.map { moment in
            let task = Task { [weak self] in
                let sleep = max(now.remaining(until: moment), .milliseconds(1))
                // The continuous clock goes on while the machine is suspended, so that this wakes up with it.
                do { try await Task.sleep(for: sleep, clock: .continuous) } catch { return }
                await self?.wake()
            }
            return (moment, task)
        }
    }

    private func wake() {
        guard !Task.isCancelled else { return }
        timer = nil
        deliver(.wake)
    }
}
