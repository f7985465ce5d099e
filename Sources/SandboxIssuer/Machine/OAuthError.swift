/// An error reply of an OAuth endpoint (RFC 6749 section 5.2).
struct OAuthError: Error, Hashable {
    var code: String
    var description: String
    var status = 400
    var headers: [String: String] = [:]

    init(_ code: String, _ description: String, status: Int = 400, headers: [String: String] = [:]) {
        self.code = code
        self.description = description
        self.status = status
        self.headers = headers
    }

    static func invalidRequest(_ description: String) -> OAuthError { OAuthError("invalid_request", description) }
    static func invalidGrant(_ description: String) -> OAuthError { OAuthError("invalid_grant", description) }

    var response: Response {
        .json(
            ["error": .string(code), "error_description": .string(description)],
            status: status,
            headers: headers
        )
    }
}
