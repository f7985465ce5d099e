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
        var expiresAt: Timestamp
        var at: Timestamp

        private enum CodingKeys: String, CodingKey {
            case account
            case expiresAt = "expires_at"
            case at
        }
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
            log(state, of: account, remedy: desks[desk]?.machine.hungerFor ?? account)
            reportStatus()
        case .renewed(let token):
            counters.renewals += 1
            // Not at once: the machine that says so is still being listened to.
            Task { feedOthers(from: desk) }
            publish(.token, EventData.Renewed(account: account, expiresAt: Answers.timestamp(token.expiry), at: at))
            logger.info("\(account): has a new token, which lives for \(token.lifetime.wholeSeconds) s")
        case .failed(let failure):
            counters.failures += 1
            publish(.error, EventData.Failed(account: account, code: failure.code, detail: failure.detail, at: at))
            logger.warning("\(account): \(Answers.text(failure))")
        case .loggedIn(let saved):
            Task {
                await surroundings.portal.forget(account)
                loginTaken(by: desk, saved: saved)
            }
        }
    }

    func announceLogin(_ id: String) {
        guard let status = logins[id]?.status else { return }
        publish(.login, status)
        logger.info(
            "\(status.account): login \(status.state.rawValue)\(status.detail.isEmpty ? "" : ": " + status.detail)"
        )
    }

    /// Tells the service manager how things stand, when that has changed. Changes that come together are told once.
    func reportStatus() {
        guard !isReportDue else { return }
        isReportDue = true
        Task {
            isReportDue = false
            let line = statusLine
            guard !isStopping, line != reportedStatus else { return }
            reportedStatus = line
            surroundings.report(line)
        }
    }

    private func publish(_ kind: ServerEvent.Kind, _ data: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // None of these values can fail to encode: strings, numbers and optionals of them.
        guard let json = try? encoder.encode(data) else { return }
        surroundings.events.append(kind, data: String(decoding: json, as: UTF8.self))
    }

    private func log(_ state: AccountState, of account: String, remedy needed: String) {
        switch state {
        case .loginRequired: logger.notice("\(account): a login is required; run: tokenctl login \(needed)")
        case .misconfigured: logger.error("\(account): misconfigured; no more tries until the configuration changes")
        default: logger.debug("\(account): \(Answers.word(state).rawValue)")
        }
    }
}
