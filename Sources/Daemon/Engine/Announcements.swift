import Accounts
import FoundationEssentials
import LocalAPI
import Logging
import OAuth

/// The data of the server-sent events.
enum EventData {
    /// An account entered another state.
    struct State: Encodable {
        var account: String
        var state: AccountStatus.State
        var at: Timestamp
    }

    /// An account has a new token, which is not in here.
    struct Renewed: Encodable {
        var account: String
        var expires_at: Timestamp
        var at: Timestamp
    }

    /// An attempt failed.
    struct Failed: Encodable {
        var account: String
        var code: String
        var detail: String
        var at: Timestamp
    }
}

/// Tells those who follow: the log, the event stream, and the service manager.
extension Engine {
    func announce(_ announcement: Announcement, of desk: AccountDesk.ID, at now: Instant) {
        guard let account = desks[desk]?.name else { return }
        let at = Answers.timestamp(now)
        switch announcement {
        case .state(let state):
            publish(.state, EventData.State(account: account, state: Answers.word(state), at: at))
            log(state, of: account)
            reportStatus(at: now)
        case .renewed(let token):
            counters.renewals += 1
            publish(.token, EventData.Renewed(account: account, expires_at: Answers.timestamp(token.expiry), at: at))
            logger.info("\(account): has a new token, which lives for \(token.lifetime.wholeSeconds) s")
        case .failed(let failure):
            counters.failures += 1
            publish(.error, EventData.Failed(account: account, code: failure.code, detail: failure.detail, at: at))
            logger.warning("\(account): \(Answers.text(failure))")
        case .loggedIn(let saved):
            // Not at once: the machine that says so is still being listened to.
            Task { loginTaken(by: desk, saved: saved) }
        }
    }

    func announceLogin(_ id: String) {
        guard let status = logins[id]?.status else { return }
        publish(.login, status)
        logger.info("\(status.account): login \(status.state.rawValue)\(status.detail.isEmpty ? "" : ": " + status.detail)")
    }

    /// Tells the service manager how many accounts are how, when that has changed.
    func reportStatus(at now: Instant) {
        let parts = states(at: now).sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        let text = order.isEmpty ? "no account" : "\(order.count) accounts: " + parts.joined(separator: ", ")
        guard text != reportedStatus else { return }
        reportedStatus = text
        surroundings.report(text)
    }

    /// How many accounts are in each state.
    func states(at now: Instant) -> [String: Int] {
        live.values.reduce(into: [:]) { counts, desk in
            guard let machine = desks[desk]?.machine else { return }
            counts[Answers.word(machine.state(at: now)).rawValue, default: 0] += 1
        }
    }

    private func publish(_ kind: ServerEvent.Kind, _ data: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // None of these values can fail to encode: strings, numbers and optionals of them.
        guard let json = try? encoder.encode(data) else { return }
        surroundings.events.append(kind, data: String(decoding: json, as: UTF8.self))
    }

    private func log(_ state: AccountState, of account: String) {
        switch state {
        case .loginRequired: logger.notice("\(account): a login is required; run: tokenctl login \(account)")
        case .misconfigured: logger.error("\(account): misconfigured; no more tries until the configuration changes")
        default: logger.debug("\(account): \(Answers.word(state).rawValue)")
        }
    }
}
