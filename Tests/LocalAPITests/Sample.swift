import FoundationEssentials
import LocalAPI
import Testing

/// A type of the wire, once with all that it can hold and once with as little as possible.
struct Sample: Sendable, CustomTestStringConvertible {
    /// Its name in the OpenAPI document.
    let schema: String
    let most: @Sendable () throws -> JSON
    let least: @Sendable () throws -> JSON

    var testDescription: String { schema }

    private init(_ schema: String, _ most: some Encodable & Sendable, _ least: some Encodable & Sendable) {
        self.schema = schema
        self.most = { try Self.json(most) }
        self.least = { try Self.json(least) }
    }

    /// A value as JSON.
    static func json(_ value: some Encodable) throws -> JSON {
        try JSONDecoder().decode(JSON.self, from: JSONEncoder().encode(value))
    }

    static let time = Timestamp(seconds: 1_795_411_980)

    static let account = AccountStatus(
        name: "work",
        provider: "oauth",
        issuer: "https://login.example.com",
        state: .waiting,
        expiresAt: time,
        refreshesAt: time,
        lastRefreshAt: time,
        lastError: AccountStatus.LastError(code: "http_503", detail: "busy", at: time),
        retryAt: time,
        scopes: ["openid"],
        subject: "ann",
        user: "ann@example.com",
        refreshable: true
    )

    static let login = LoginStatus(
        id: "7f",
        account: "work",
        flow: "device",
        state: .slowDown,
        detail: "slower",
        verificationURI: "https://login.example.com/device",
        verificationURIComplete: "https://login.example.com/device?code=AB",
        userCode: "AB",
        authorizationURI: "https://login.example.com/authorize",
        expiresAt: time,
        interval: 5
    )

    static let role = RoleCredentialsRequest(accountID: "012345678901", role: "Admin")

    static let credentials = RoleCredentialsAnswer(
        accessKeyID: "ASIAEXAMPLE",
        secretAccessKey: "very secret key",
        sessionToken: "very secret token",
        expiration: time
    )

    static func awsAccount(_ text: String?) -> AWSAccountsAnswer.Account {
        AWSAccountsAnswer.Account(accountID: "012345678901", accountName: text, email: text)
    }

    static let awsRole = AWSRolesAnswer.Role(accountID: "012345678901", role: "Admin")

    static func token(_ token: String?, refreshesAt: Timestamp? = time) -> TokenAnswer {
        TokenAnswer(
            account: "work",
            accessToken: token,
            tokenType: "Bearer",
            expiresAt: time,
            expiresIn: 3600,
            scope: ["openid"],
            issuer: "https://login.example.com",
            obtainedAt: time,
            refreshesAt: refreshesAt,
            expiryAssumed: false,
            degradedBecause: refreshesAt == nil ? nil : .short
        )
    }

    static func status(hint: String?) -> DaemonStatus {
        DaemonStatus(
            version: "1.0",
            pid: 7,
            startedAt: time,
            uptime: 60,
            store: .healthy,
            accounts: 1,
            states: ["fresh": 1],
            pendingLogins: 0,
            connections: 1,
            configuration: "/home/ann/.config/tokend/config.toml",
            configurationError: hint,
            hint: hint
        )
    }

    static let all = [
        Sample("Token", token("secret"), token(nil, refreshesAt: nil)),
        Sample("Account", account, AccountStatus(name: "a", provider: "p", issuer: "i", state: .fresh)),
        Sample("AccountList", AccountList(accounts: [account]), AccountList(accounts: [])),
        Sample(
            "LoginRequest",
            LoginRequest(
                flow: "device",
                refreshToken: "r",
                code: "c",
                redirectURI: "http://127.0.0.1:7/",
                codeVerifier: "v",
                force: true
            ),
            Nothing()
        ),
        Sample("Login", login, LoginStatus(id: "7f", account: "work", flow: "device", state: .pending)),
        Sample("Logout", LogoutAnswer(revoked: true, detail: ""), LogoutAnswer(revoked: false, detail: "")),
        Sample("RoleCredentialsRequest", role, role),
        Sample("RoleCredentials", credentials, credentials),
        Sample("AWSAccountList", AWSAccountsAnswer(accounts: []), AWSAccountsAnswer(accounts: [])),
        Sample("AWSAccount", awsAccount("Prod"), awsAccount(nil)),
        Sample("AWSRoleList", AWSRolesAnswer(roles: []), AWSRolesAnswer(roles: [])),
        Sample("AWSRole", awsRole, awsRole),
        Sample("Status", status(hint: "add one"), status(hint: nil)),
        Sample(
            "Problem",
            Problem(.locked, "d", account: "work", retryAfter: 1, fix: "tokenctl unlock"),
            Problem(.locked, "d")
        ),
    ]

    /// The empty object.
    private struct Nothing: Encodable, Sendable {}
}
