/// Why a request got no answer: the body of every error reply (RFC 9457).
package struct Problem: Error, Sendable, Hashable {
    /// The codes of the API, each with its HTTP status.
    package enum Code: String, Sendable, Hashable, CaseIterable, Encodable {
        case unknownAccount = "unknown_account"
        case loginRequired = "login_required"
        case misconfigured
        case accessDenied = "access_denied"
        case temporarilyUnavailable = "temporarily_unavailable"
        case waitTimeout = "wait_timeout"
        case issuerError = "issuer_error"
        case locked
        case forbidden
        case invalidRequest = "invalid_request"
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case conflict
        case tooLarge = "too_large"
        case tooMany = "too_many"

        /// The HTTP status it goes out with.
        package var status: Int {
            switch self {
            case .invalidRequest: 400
            case .accessDenied, .forbidden: 403
            case .unknownAccount, .notFound: 404
            case .methodNotAllowed: 405
            case .loginRequired, .misconfigured, .conflict: 409
            case .tooLarge: 413
            case .locked: 423
            case .tooMany: 429
            case .issuerError: 502
            case .temporarilyUnavailable: 503
            case .waitTimeout: 504
            }
        }

        /// The short human-readable summary of the kind of problem; the same for every occurrence.
        package var title: String {
            switch self {
            case .unknownAccount: "no such account"
            case .loginRequired: "login required"
            case .misconfigured: "the account is misconfigured"
            case .accessDenied: "access denied"
            case .temporarilyUnavailable: "temporarily unavailable"
            case .waitTimeout: "not ready in time"
            case .issuerError: "the issuer answered something unusable"
            case .locked: "locked"
            case .forbidden: "forbidden"
            case .invalidRequest: "invalid request"
            case .notFound: "not found"
            case .methodNotAllowed: "method not allowed"
            case .conflict: "conflict"
            case .tooLarge: "too large"
            case .tooMany: "too many requests"
            }
        }
    }

    package var code: Code
    /// What happened, this time.
    package var detail: String
    package var account: String?
    /// Seconds after which another try may help.
    package var retryAfter: Int?
    /// A command that mends it.
    package var fix: String?

    package init(_ code: Code, _ detail: String, account: String? = nil, retryAfter: Int? = nil, fix: String? = nil) {
        self.code = code
        self.detail = detail
        self.account = account
        self.retryAfter = retryAfter
        self.fix = fix
    }
}

extension Problem: Encodable {
    private enum Key: String, CodingKey {
        case type
        case title
        case status
        case detail
        case code
        case account
        case retryAfter = "retry_after"
        case fix
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode("about:blank", forKey: .type)
        try values.encode(code.title, forKey: .title)
        try values.encode(code.status, forKey: .status)
        try values.encode(detail, forKey: .detail)
        try values.encode(code, forKey: .code)
        try values.encode(account, forKey: .account)
        try values.encode(retryAfter, forKey: .retryAfter)
        try values.encode(fix, forKey: .fix)
    }
}
