/// One request of the API, its path and query read and checked.
package enum Route: Sendable, Hashable {
    case token(account: String, TokenQuery)
    case accounts
    case account(String)
    case refresh(account: String)
    case login(account: String)
    case logout(account: String)
    /// `wait`: the longest wait for the credentials, in seconds, 0 to 300.
    case roleCredentials(account: String, wait: Int)
    case awsAccounts(account: String)
    case awsRoles(account: String, accountID: String)
    /// `wait`: the longest wait for a change of state, in seconds, 0 to 300.
    case loginStatus(id: String, wait: Int)
    case cancelLogin(id: String)
    case events
    case status
    case metrics
    case reload
    case openAPI

    /// How long a client waits that does not say, in seconds.
    package static let defaultWait = 30
    /// The longest wait that a client gets, in seconds; a longer one is cut to it.
    package static let longestWait = 300

    /// Reads a request line.
    ///
    /// - Throws: `not_found` for a path that names nothing, `method_not_allowed` for a method that does not fit it, and
    ///   `invalid_request` for a target or a query that cannot be read, unknown parameters among them.
    package init(method: String, target: String) throws(Problem) {
        let target = try RequestTarget(target)
        guard let resource = Resource(target.segments) else {
            throw Problem(.notFound, "there is nothing at /\(target.segments.joined(separator: "/"))")
        }
        switch (method, resource) {
        case ("GET", .token(let account)): self = .token(account: account, try TokenQuery(target.query))
        case ("GET", .accounts): self = .accounts
        case ("GET", .account(let name)): self = .account(name)
        case ("POST", .refresh(let account)): self = .refresh(account: account)
        case ("POST", .login(let account)): self = .login(account: account)
        case ("DELETE", .tokens(let account)): self = .logout(account: account)
        case ("POST", .awsCredentials(let account)):
            try target.query.allow("wait")
            self = .roleCredentials(account: account, wait: try target.query.wait ?? Self.defaultWait)
        case ("GET", .awsAccounts(let account)): self = .awsAccounts(account: account)
        case ("GET", .awsRoles(let account)):
            try target.query.allow("account_id")
            guard let id = try target.query.value(of: "account_id"), AWSAccountID.isOne(id) else {
                throw Problem(.invalidRequest, AWSAccountID.objection)
            }
            self = .awsRoles(account: account, accountID: id)
        case ("GET", .pendingLogin(let id)):
            try target.query.allow("wait")
            self = .loginStatus(id: id, wait: try target.query.wait ?? 0)
        case ("DELETE", .pendingLogin(let id)): self = .cancelLogin(id: id)
        case ("GET", .events): self = .events
        case ("GET", .status): self = .status
        case ("GET", .metrics): self = .metrics
        case ("POST", .reload): self = .reload
        case ("GET", .openAPI): self = .openAPI
        default:
            let allowed = resource.methods.joined(separator: " or ")
            throw Problem(.methodNotAllowed, "\(method) does not fit this path, \(allowed) does")
        }
        switch self {
        case .token, .roleCredentials, .awsRoles, .loginStatus: break
        default: try target.query.allow()
        }
    }

    /// The methods that fit a path, for the `Allow` field of a `method_not_allowed` reply; none where nothing is.
    package static func methods(of target: String) -> [String] {
        (try? RequestTarget(target)).flatMap { Resource($0.segments)?.methods } ?? []
    }
}

/// What a path names.
private enum Resource {
    case token(account: String)
    case accounts
    case account(String)
    case refresh(account: String)
    case login(account: String)
    case tokens(account: String)
    case awsCredentials(account: String)
    case awsAccounts(account: String)
    case awsRoles(account: String)
    case pendingLogin(id: String)
    case events
    case status
    case metrics
    case reload
    case openAPI

    init?(_ segments: [String]) {
        switch segments.first {
        case "metrics" where segments.count == 1: self = .metrics
        case "openapi.json" where segments.count == 1: self = .openAPI
        case "v1": self.init(version1: segments.dropFirst())
        default: return nil
        }
    }

    private init?(version1 segments: ArraySlice<String>) {
        let name = segments.dropFirst().first ?? ""
        switch (segments.count, segments.first) {
        case (1, "accounts"): self = .accounts
        case (1, "events"): self = .events
        case (1, "status"): self = .status
        case (1, "reload"): self = .reload
        case (2, "accounts") where !name.isEmpty: self = .account(name)
        case (2, "logins") where !name.isEmpty: self = .pendingLogin(id: name)
        case (3, "accounts") where !name.isEmpty:
            switch segments.last {
            case "token": self = .token(account: name)
            case "refresh": self = .refresh(account: name)
            case "login": self = .login(account: name)
            case "tokens": self = .tokens(account: name)
            default: return nil
            }
        case (4, "accounts") where !name.isEmpty && segments.dropFirst(2).first == "aws":
            switch segments.last {
            case "credentials": self = .awsCredentials(account: name)
            case "accounts": self = .awsAccounts(account: name)
            case "roles": self = .awsRoles(account: name)
            default: return nil
            }
        default: return nil
        }
    }

    var methods: [String] {
        switch self {
        case .token, .accounts, .account, .awsAccounts, .awsRoles, .events, .status, .metrics, .openAPI: ["GET"]
        case .refresh, .login, .awsCredentials, .reload: ["POST"]
        case .tokens: ["DELETE"]
        case .pendingLogin: ["GET", "DELETE"]
        }
    }
}

extension TokenQuery {
    /// Reads the query of `GET /v1/accounts/{name}/token`.
    fileprivate init(_ query: QueryParameters) throws(Problem) {
        try query.allow("min_valid", "wait", "force", "scope", "audience", "resource", "kind")
        self.init()
        minValid = try query.seconds(of: "min_valid")
        wait = try query.wait ?? wait
        if let word = try query.value(of: "force") {
            guard word == "1" || word == "true" else { throw Problem(.invalidRequest, "force must be 1 or true") }
            force = true
        }
        if let word = try query.value(of: "kind") {
            guard let kind = Kind(rawValue: word) else {
                let kinds = Kind.allCases.map(\.rawValue).joined(separator: " or ")
                throw Problem(.invalidRequest, "kind must be \(kinds)")
            }
            self.kind = kind
        }
        scope = try query.values(of: "scope").flatMap { $0.split(separator: " ").map(String.init) }
        audience = try query.values(of: "audience")
        resource = try query.values(of: "resource")
    }
}

extension QueryParameters {
    /// How long the client wants to wait, as far as it may.
    fileprivate var wait: Int? {
        get throws(Problem) { try seconds(of: "wait").map { min($0, Route.longestWait) } }
    }
}
