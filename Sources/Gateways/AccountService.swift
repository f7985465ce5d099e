package import LocalAPI

/// What the gateways need of the daemon: questions about accounts, answered away from the socket's thread.
///
/// A call that is cancelled (its client has gone) gives up its place in the line and nothing else: the refresh it waited
/// for belongs to the daemon and goes on.
package protocol AccountService: Sendable {
    /// A token of the account, waiting for one as long as the query allows.
    func token(of account: String, _ query: TokenQuery) async throws(Problem) -> TokenAnswer
    /// One refresh, or the one in flight joined; the answer is without the token.
    func refresh(_ account: String) async throws(Problem) -> TokenAnswer
    /// The state of every configured account, in the order of the configuration.
    func accounts() async -> [AccountStatus]
    func account(_ name: String) async throws(Problem) -> AccountStatus
    /// Begins a login or joins the pending one; `isNew` tells which.
    func login(_ account: String, _ request: LoginRequest) async throws(Problem) -> (login: LoginStatus, isNew: Bool)
    /// The state of a login; with a wait, as soon as it changes.
    func login(id: String, wait: Duration) async throws(Problem) -> LoginStatus
    func cancelLogin(id: String) async throws(Problem) -> LoginStatus
    func logout(_ account: String) async throws(Problem) -> LogoutAnswer
    /// Temporary credentials of a role in an AWS account, waiting for them as long as the wait allows.
    func roleCredentials(
        of account: String,
        _ role: RoleCredentialsRequest,
        wait: Duration
    ) async throws(Problem) -> RoleCredentialsAnswer
    /// Every AWS account in which the login of an account has a role.
    func awsAccounts(of account: String) async throws(Problem) -> AWSAccountsAnswer
    /// Every role that the login of an account has in one AWS account.
    func awsRoles(of account: String, accountID: String) async throws(Problem) -> AWSRolesAnswer
    /// The daemon's state; `connections` is known to the gateway that asks.
    func status(connections: Int) async -> DaemonStatus
    /// OpenMetrics text.
    func metrics() async -> String
    func reload() async throws(Problem)
    /// The events after the one named, as far back as they are remembered, and then those to come.
    func events(after id: UInt64?) -> AsyncStream<ServerEvent>
}
