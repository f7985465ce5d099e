import FoundationEssentials
package import LocalAPI

/// A request together with the type of its answer: everything that may be asked of the daemon in JSON.
package struct Call<Value: Decodable>: Sendable {
    package var request: Request

    private init(_ method: Request.Method, _ target: String, body: [UInt8]? = nil, timeout: Int = Request.promptly) {
        request = Request(method, target, body: body, timeout: timeout)
    }

    /// The same call, given up after that many seconds.
    package func within(_ seconds: Int) -> Self {
        var call = self
        call.request.timeout = seconds
        return call
    }
}

extension Call<DaemonStatus> {
    /// The state of the daemon.
    package static var status: Self { Call(.get, "/v1/status") }
}

extension Call<AccountList> {
    /// The state of every account.
    package static var accounts: Self { Call(.get, "/v1/accounts") }
}

extension Call<AccountStatus> {
    /// The state of one account. Throws `invalidRequest` for what cannot be an account's name.
    package static func account(_ name: String) throws(TokenClientError) -> Self {
        Call(.get, try path(ofAccount: name))
    }
}

extension Call<TokenAnswer> {
    /// A token with all that is known of it. Throws `invalidRequest` for what cannot be an account's name.
    package static func token(_ account: String, _ query: TokenQuery) throws(TokenClientError) -> Self {
        Call(.get, try path(ofAccount: account) + query.target, timeout: query.timeout)
    }

    /// A refresh now, waiting for its outcome; the answer is without the token. Throws `invalidRequest` for what cannot
    /// be an account's name.
    package static func refresh(_ account: String) throws(TokenClientError) -> Self {
        Call(.post, try path(ofAccount: account) + "/refresh", timeout: Request.issuer)
    }
}

extension Call<LogoutAnswer> {
    /// A logout, here and at the issuer. Throws `invalidRequest` for what cannot be an account's name.
    package static func logout(_ account: String) throws(TokenClientError) -> Self {
        Call(.delete, try path(ofAccount: account) + "/tokens", timeout: Request.issuer)
    }
}

extension Call<AWSAccountsAnswer> {
    /// Every AWS account in which a login has a role. Throws `invalidRequest` for what cannot be an account's name.
    package static func awsAccounts(_ account: String) throws(TokenClientError) -> Self {
        Call(.get, try path(ofAccount: account) + "/aws/accounts", timeout: Request.issuer)
    }
}

extension Call<AWSRolesAnswer> {
    /// Every role that a login has in an AWS account. Throws `invalidRequest` for what cannot be an account's name or an
    /// AWS account.
    package static func awsRoles(_ account: String, accountID: String) throws(TokenClientError) -> Self {
        guard AWSAccountID.isOne(accountID) else { throw TokenClientError(.invalidRequest, AWSAccountID.objection) }
        var query = Query()
        query.append("account_id", accountID)
        return Call(.get, try path(ofAccount: account) + "/aws/roles" + query.text, timeout: Request.issuer)
    }
}

extension Call<LoginStatus> {
    /// The beginning of a login; status 200 instead of 201 tells that it joined a pending one. Throws `invalidRequest`
    /// for what cannot be an account's name.
    package static func login(_ account: String, _ login: LoginRequest) throws(TokenClientError) -> Self {
        do {
            let body = try JSONEncoder().encode(login)
            return Call(.post, try path(ofAccount: account) + "/login", body: Array(body), timeout: Request.issuer)
        } catch let error as TokenClientError {
            throw error
        } catch {
            throw TokenClientError(.invalidRequest, "the login request cannot be written as JSON", cause: error)
        }
    }

    /// The state of a login as soon as it changes, or after that many seconds.
    package static func login(id: String, wait: Int) -> Self {
        Call(.get, "/v1/logins/\(id)?wait=\(wait)", timeout: min(wait, Route.longestWait) + Request.promptly)
    }

    /// The end of a login that nobody wants any more.
    package static func cancelLogin(id: String) -> Self { Call(.delete, "/v1/logins/\(id)") }
}

/// The daemon's JSON, kept as it came so that it can be printed as it came, and read when asked.
package struct Answer<Value: Decodable>: Sendable {
    /// The HTTP status, 200 to 299.
    package var status: Int
    package var json: [UInt8]

    /// Reads the JSON. Throws `malformedReply`.
    package func value() throws(TokenClientError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(json))
        } catch {
            throw TokenClientError(
                .malformedReply,
                "the daemon's reply is not the JSON that was asked for",
                cause: error
            )
        }
    }
}
