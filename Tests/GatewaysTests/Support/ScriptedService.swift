import Gateways
import LocalAPI
import Synchronization

/// A daemon that says what a test wants and remembers what it was asked.
final class ScriptedService: AccountService {
    /// What it was asked, in words.
    private let log = Mutex<[String]>([])
    private let parked = Mutex<[CheckedContinuation<Void, Never>]>([])
    private let observers = Mutex<[(count: Int, seen: CheckedContinuation<Void, Never>)]>([])
    /// Answers for accounts by name; others are unknown.
    let tokens: [String: Result<TokenAnswer, Problem>]

    init(tokens: [String: Result<TokenAnswer, Problem>] = [:]) { self.tokens = tokens }

    var calls: [String] { log.withLock { $0 } }

    /// Waits until it was asked so many things.
    func waitForCalls(_ count: Int) async {
        await withCheckedContinuation { seen in
            observers.withLock { $0.append((count, seen)) }
            notify()
        }
    }

    private func note(_ call: String) {
        log.withLock { $0.append(call) }
        notify()
    }

    private func notify() {
        let count = calls.count
        let ready = observers.withLock { observers in
            defer { observers.removeAll { $0.count <= count } }
            return observers.filter { $0.count <= count }
        }
        for observer in ready { observer.seen.resume() }
    }

    /// Lets every parked reader go.
    func release() {
        for reader in parked.withLock({ parked in
            defer { parked = [] }
            return parked
        }) { reader.resume() }
    }

    /// Lets a reader go as soon as one is parked; for threads that may block.
    func releaseOnceParked() {
        Task {
            await waitForCalls(1)
            release()
        }
    }

    /// Parks the caller until `release` or its cancellation, which is noted.
    private func park(_ name: String) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                parked.withLock { $0.append(continuation) }
                note("parked \(name)")
                if Task.isCancelled { release() }
            }
        } onCancel: {
            note("cancelled \(name)")
            release()
        }
    }

    func token(of account: String, _ query: TokenQuery) async throws(Problem) -> TokenAnswer {
        if account.hasPrefix("parked") {
            await park(account)
        } else {
            note("token \(account) \(Self.words(query))")
        }
        switch tokens[account] {
        case .success(let answer): return answer
        case .failure(let problem): throw problem
        case nil: throw Problem(.unknownAccount, "no account is called '\(account)'", account: account)
        }
    }

    private static func words(_ query: TokenQuery) -> String {
        let lists = query.scope + query.audience + query.resource
        let minValid = query.minValid.map(String.init) ?? "-"
        return "\(query.kind.rawValue) \(minValid) \(query.wait) \(query.force) \(lists.joined(separator: "|"))"
    }

    func refresh(_ account: String) async throws(Problem) -> TokenAnswer {
        note("refresh \(account)")
        return Samples.answer(account, token: nil)
    }

    func accounts() async -> [AccountStatus] {
        note("accounts")
        return [Samples.account]
    }

    func account(_ name: String) async throws(Problem) -> AccountStatus {
        note("account \(name)")
        guard name == Samples.account.name else { throw Problem(.unknownAccount, "no account is called '\(name)'") }
        return Samples.account
    }

    func login(_ account: String, _ request: LoginRequest) async throws(Problem) -> (login: LoginStatus, isNew: Bool) {
        let words = [
            request.flow, request.refreshToken, request.code, request.redirectURI, request.codeVerifier,
        ]
        note("login \(account) \(words.map { $0 ?? "-" }.joined(separator: " ")) \(request.force)")
        return (Samples.login, account == "new")
    }

    func login(id: String, wait: Duration) async throws(Problem) -> LoginStatus {
        note("login status \(id) \(wait)")
        return Samples.login
    }

    func cancelLogin(id: String) async throws(Problem) -> LoginStatus {
        note("cancel login \(id)")
        return Samples.login
    }

    func logout(_ account: String) async throws(Problem) -> LogoutAnswer {
        note("logout \(account)")
        return LogoutAnswer(revoked: true, detail: "revoked")
    }

    func roleCredentials(
        of account: String,
        _ role: RoleCredentialsRequest,
        wait: Duration
    ) async throws(Problem) -> RoleCredentialsAnswer {
        note("role \(account) \(role.accountID) \(role.role) \(wait)")
        if role.role == "Denied" { throw Problem(.accessDenied, "No access", account: account) }
        return Samples.credentials
    }

    func awsAccounts(of account: String) async throws(Problem) -> AWSAccountsAnswer {
        note("AWS accounts \(account)")
        return AWSAccountsAnswer(accounts: [
            AWSAccountsAnswer.Account(accountID: "012345678901", accountName: "Prod", email: nil)
        ])
    }

    func awsRoles(of account: String, accountID: String) async throws(Problem) -> AWSRolesAnswer {
        note("AWS roles \(account) \(accountID)")
        return AWSRolesAnswer(roles: [AWSRolesAnswer.Role(accountID: accountID, role: "Admin")])
    }

    func status(connections: Int) async -> DaemonStatus {
        note("status \(connections)")
        return Samples.status(connections: connections)
    }

    func metrics() async -> String {
        note("metrics")
        return "# EOF\n"
    }

    func reload() async throws(Problem) { note("reload") }

    /// Events 1 to 3, of which those after `id` are given, and then none, for as long as the client stays.
    func events(after id: UInt64?) -> AsyncStream<ServerEvent> {
        note("events \(id.map(String.init) ?? "-")")
        return AsyncStream { continuation in
            continuation.onTermination = { [self] _ in note("events ended") }
            for number in (id ?? 0) + 1...max(3, (id ?? 0) + 1) where number <= 3 {
                continuation.yield(ServerEvent(id: number, kind: .token, data: #"{"n":\#(number)}"#))
            }
        }
    }
}

/// Remembers what went out.
final class RecordedAudit: TokenAudit {
    struct Entry: Sendable, Hashable {
        var credential: Credential
        var account: String
        var pid: Int32
    }

    private let log = Mutex<[Entry]>([])

    var entries: [Entry] { log.withLock { $0 } }

    func handedOut(_ credential: Credential, of account: String, to peer: Peer) {
        log.withLock { $0.append(Entry(credential: credential, account: account, pid: peer.pid)) }
    }
}
