package import LocalAPI

extension Request {
    /// The credentials of a role. Throws `invalidRequest` for what cannot be an account's name, an AWS account or a role.
    ///
    /// The body is written here and not by an encoder: this is on the path on which nothing of Foundation may run.
    package static func roleCredentials(
        _ account: String,
        _ role: RoleCredentialsRequest,
        wait: Int
    ) throws(TokenClientError) -> Request {
        if let objection = role.objection { throw TokenClientError(.invalidRequest, objection) }
        var query = Query()
        if wait != Route.defaultWait { query.append("wait", String(wait)) }
        return Request(
            .post,
            try path(ofAccount: account) + "/aws/credentials" + query.text,
            body: Array(role.json.utf8),
            timeout: min(wait, Route.longestWait) + Request.promptly
        )
    }
}

extension RoleCredentialsRequest {
    /// The request on the wire, if there is no objection to it.
    fileprivate var json: String {
        "{\"\(CodingKeys.accountID.rawValue)\":\(quoted(accountID)),\"\(CodingKeys.role.rawValue)\":\(quoted(role))}"
    }

    /// A text without control characters as a string of JSON (RFC 8259 section 7).
    private func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
