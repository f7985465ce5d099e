import Gateways
import LocalAPI

/// Values for tests.
enum Samples {
    static let time = Timestamp(seconds: 1_795_411_980)

    static func answer(
        _ account: String = "work",
        token: String? = "secret-token",
        expiresIn: Int = 3600
    ) -> TokenAnswer {
        TokenAnswer(
            account: account,
            accessToken: token,
            tokenType: "Bearer",
            expiresAt: time,
            expiresIn: expiresIn,
            scope: ["mail", "openid"],
            issuer: "https://login.example.com",
            obtainedAt: time,
            refreshesAt: nil,
            expiryAssumed: false,
            degradedBecause: nil
        )
    }

    /// The JSON of `answer`, with so many seconds left.
    static func tokenJSON(
        _ secondsLeft: Int,
        account: String = "work",
        token: String? = "secret-token"
    ) -> String {
        let digits = String(secondsLeft)
        let field = String(repeating: " ", count: 10 - digits.count) + digits
        return (token.map { #"{"access_token":"\#($0)","# } ?? "{")
            + #""account":"\#(account)","degraded":false,"degraded_because":null,"#
            + #""expires_at":"2026-11-23T05:33:00Z","expiry_assumed":false,"issuer":"https://login.example.com","#
            + #""obtained_at":"2026-11-23T05:33:00Z","refreshes_at":null,"scope":["mail","openid"],"#
            + #""token_type":"Bearer","expires_in":\#(field)}"#
    }

    static let account = AccountStatus(name: "work", provider: "oauth", issuer: "https://i", state: .fresh)

    static let accountJSON =
        #"{"expires_at":null,"issuer":"https://i","last_error":null,"last_refresh_at":null,"name":"work","#
        + #""provider":"oauth","refreshable":false,"refreshes_at":null,"retry_at":null,"scopes":[],"state":"fresh","#
        + #""subject":null,"user":null}"#

    static let login = LoginStatus(
        id: "7f",
        account: "work",
        flow: "device",
        state: .pending,
        verificationURI: "https://i/device",
        userCode: "ABCD",
        expiresAt: time,
        interval: 5
    )

    static let loginJSON =
        #"{"account":"work","authorization_uri":null,"detail":"","expires_at":"2026-11-23T05:33:00Z","flow":"device","#
        + #""id":"7f","interval":5,"state":"pending","user_code":"ABCD","verification_uri":"https://i/device","#
        + #""verification_uri_complete":null}"#

    static let credentials = RoleCredentialsAnswer(
        accessKeyID: "ASIA",
        secretAccessKey: "secret/key",
        sessionToken: "session",
        expiration: time
    )

    static let credentialsJSON =
        #"{"AccessKeyId":"ASIA","Expiration":"2026-11-23T05:33:00Z","SecretAccessKey":"secret/key","#
        + #""SessionToken":"session","Version":1}"#

    static func status(connections: Int) -> DaemonStatus {
        DaemonStatus(
            version: "1.0",
            pid: 7,
            startedAt: time,
            uptime: 60,
            store: .healthy,
            accounts: 1,
            states: ["fresh": 1],
            pendingLogins: 0,
            connections: connections,
            configuration: "/c"
        )
    }

    static func statusJSON(connections: Int) -> String {
        #"{"accounts":1,"configuration":"/c","configuration_error":null,"connections":\#(connections),"hint":null,"#
            + #""locked":false,"pending_logins":0,"pid":7,"started_at":"2026-11-23T05:33:00Z","#
            + #""states":{"fresh":1},"store":"ok","uptime":60,"version":"1.0"}"#
    }

    static func problemJSON(_ problem: Problem) -> String {
        func quoted(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
        return #"{"account":\#(quoted(problem.account)),"code":"\#(problem.code.rawValue)","#
            + #""detail":"\#(problem.detail)","fix":\#(quoted(problem.fix)),"#
            + #""retry_after":\#(problem.retryAfter.map(String.init) ?? "null"),"status":\#(problem.code.status),"#
            + #""title":"\#(problem.code.title)","type":"about:blank"}"#
    }
}
