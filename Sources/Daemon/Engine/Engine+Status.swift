import Accounts
package import LocalAPI
import OAuth

/// How the daemon is.
extension Engine {
    /// How many accounts are how, in one line for the service manager.
    package var statusLine: String {
        guard !order.isEmpty else { return size }
        let parts = states(at: now()).sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return "\(size): " + parts.joined(separator: ", ")
    }

    /// How many accounts there are, in words.
    package var size: String {
        switch order.count {
        case 0: "no account"
        case 1: "1 account"
        default: "\(order.count) accounts"
        }
    }

    /// The daemon's state; `connections` is known to the gateway that asks.
    package func status(connections: Int) -> DaemonStatus {
        let now = now()
        return DaemonStatus(
            version: daemon.version,
            pid: Int(daemon.pid),
            startedAt: daemon.startedAt,
            uptime: uptime(at: now),
            store: storeFailure == nil ? .healthy : .degraded,
            accounts: order.count,
            states: states(at: now),
            pendingLogins: logins.values.filter { !$0.machine.isOver }.count,
            connections: connections,
            configuration: daemon.configurationPath,
            configurationError: configurationError,
            hint: order.isEmpty
                ? "add an [account.NAME] to \(daemon.configurationPath), then run: tokenctl reload" : nil
        )
    }

    /// The metrics in OpenMetrics' text form.
    package func metrics() -> String {
        let now = now()
        var text = OpenMetrics()
        text.add("tokend_build", .info, "the version that runs", [(["version": daemon.version], 1)])
        text.add("tokend_uptime_seconds", .gauge, "time since the start", [([:], Double(uptime(at: now)))])
        let states = states(at: now)
        text.add(
            "tokend_accounts",
            .gauge,
            "accounts in each state",
            AccountStatus.State.allCases.map { (["state": $0.rawValue], Double(states[$0.rawValue] ?? 0)) }
        )
        text.add(
            "tokend_token_remaining_seconds",
            .gauge,
            "life left in each account's token; 0 when there is none",
            order.map { name in
                let token = live[name].flatMap { desks[$0]?.machine.token(at: now)?.token }
                return (["account": name], Double(token?.remaining(at: now).wholeSeconds ?? 0))
            }
        )
        text.add("tokend_renewals", .counter, "tokens that came from issuers", [([:], Double(counters.renewals))])
        text.add("tokend_failures", .counter, "attempts that failed", [([:], Double(counters.failures))])
        text.add("tokend_tokens_handed_out", .counter, "tokens that readers got", [([:], Double(tokensHandedOut()))])
        text.add(
            "tokend_store_degraded",
            .gauge,
            "1 while the store cannot be written",
            [([:], storeFailure == nil ? 0 : 1)]
        )
        return text.finished
    }

    /// How many accounts are in each state.
    private func states(at now: Instant) -> [String: Int] {
        live.values.reduce(into: [:]) { counts, desk in
            guard let state = desks[desk]?.machine.state(at: now) else { return }
            counts[Answers.word(state).rawValue, default: 0] += 1
        }
    }

    private func uptime(at now: Instant) -> Int { max(0, Int(startedAt.remaining(until: now).wholeSeconds)) }
}
