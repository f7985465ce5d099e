import Accounts
import LocalAPI
import OAuth

/// One login on its way: its machine, and who waits for it to change.
struct LoginDesk: Sendable {
    /// Tells those apart who wait for a change.
    typealias Watcher = Int

    /// A random name that is hard to guess.
    var id: String
    var account: String
    /// The login that the tokens will belong to.
    var desk: AccountDesk.ID
    var provider: any Provider
    /// The flow's word in the API.
    var flow: String
    var machine = LoginMachine()
    /// What the person was shown; kept for those who ask afterwards.
    var shown: DeviceAuthorization?
    var endedAt: Instant?
    var watchers: [Watcher: CheckedContinuation<Void, Never>] = [:]

    /// The device authorization grant (RFC 8628).
    static let deviceFlow = "device"
    /// A refresh token that was obtained elsewhere.
    static let takeOverFlow = "refresh_token"
    /// A code that was obtained elsewhere.
    static let codeFlow = "authorization_code"

    /// How long a login can be asked about after its end.
    static let memory = Duration.seconds(10 * 60)
    /// The most logins that are remembered after their end.
    static let remembered = 100

    /// The login as the API shows it.
    var status: LoginStatus {
        let (state, detail) = outcome
        return LoginStatus(
            id: id,
            account: account,
            flow: flow,
            state: state,
            detail: detail,
            verificationURI: shown?.verificationURI,
            verificationURIComplete: shown?.verificationURIComplete,
            userCode: shown?.userCode,
            expiresAt: machine.deadline.map(Answers.timestamp),
            interval: Int(machine.interval.wholeSeconds)
        )
    }

    private var outcome: (LoginStatus.State, String) {
        switch machine.state {
        case .authorizing, .waiting, .polling, .delivering:
            (machine.isSlowed ? .slowDown : .pending, "")
        case .done(let saved):
            (
                .done,
                saved ? "" : "the store cannot be written: the login is held in memory and will be saved when it can"
            )
        case .denied(let detail):
            (.denied, detail.isEmpty ? "the request was denied" : detail)
        case .expired(let detail):
            (.expired, detail.isEmpty ? "the code ended before it was approved" : detail)
        case .failed(let failure):
            (.failed, Answers.text(failure))
        case .cancelled:
            (.cancelled, "the login was cancelled")
        }
    }
}
