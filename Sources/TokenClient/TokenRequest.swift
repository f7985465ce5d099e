package import LocalAPI

extension Request {
    /// A token and nothing else, as plain text. Throws `invalidRequest` for what cannot be an account's name.
    package static func plainToken(_ account: String, _ query: TokenQuery) throws(TokenClientError) -> Request {
        Request(.get, try path(ofAccount: account) + query.target, accept: "text/plain", timeout: query.timeout)
    }
}

extension TokenQuery {
    /// The part of the target after the account. What the daemon assumes anyway is left out.
    var target: String {
        var query = Query()
        if case .idToken = kind { query.append("kind", kind.rawValue) }
        if let minValid { query.append("min_valid", String(minValid)) }
        if wait != Route.defaultWait { query.append("wait", String(wait)) }
        if force { query.append("force", "1") }
        for value in scope { query.append("scope", value) }
        for value in audience { query.append("audience", value) }
        for value in resource { query.append("resource", value) }
        return "/token" + query.text
    }

    /// Seconds that the whole exchange may take: the wait itself is the daemon's to keep.
    var timeout: Int { min(wait, Route.longestWait) + Request.promptly }
}

/// The path of an account. A name is checked here, so that none can reach beyond its place in the request.
func path(ofAccount name: String) throws(TokenClientError) -> String {
    guard AccountName.isValid(name) else {
        throw TokenClientError(
            .invalidRequest,
            "this cannot be the name of an account: \"\(name)\" (letters, digits and ._@+-, a letter or digit first)"
        )
    }
    return "/v1/accounts/" + name
}
