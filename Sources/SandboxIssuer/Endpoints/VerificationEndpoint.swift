extension IssuerMachine {
    /// The page where a person decides on a login (RFC 8628 section 3.3): it asks for the code unless the address brings
    /// it, shows who wants what, and takes the decision. All by plain forms.
    mutating func verification(_ request: Request, at now: Duration) -> Response {
        switch request.method {
        case "GET":
            guard let code = request.query["user_code"] else { return VerificationPage.code(problem: nil).response() }
            return question(code, at: now)
        case "POST":
            let form = request.form
            guard let code = form["user_code"] else {
                return VerificationPage.code(problem: "Please type the code.").response(400)
            }
            guard let decision = form["decision"] else { return question(code, at: now) }
            do {
                try decide(userCode: code, approve: decision == "approve", at: now)
                return VerificationPage.decided(approved: decision == "approve").response()
            } catch {
                return refusal(error)
            }
        default:
            return .methodNotAllowed(allowed: "GET, POST")
        }
    }

    private func question(_ code: String, at now: Duration) -> Response {
        do {
            let grant = try pendingGrant(userCode: code, at: now)
            return VerificationPage.question(
                userCode: grant.login?.userCode ?? code,
                client: grant.client,
                scope: grant.scope
            ).response()
        } catch {
            return refusal(error)
        }
    }

    private func refusal(_ error: UserCodeError) -> Response {
        switch error {
        case .unknown:
            VerificationPage.code(problem: "No login waits for this code. Please check it and type it again.")
                .response(400)
        case .expired:
            VerificationPage.code(problem: "This code has expired. Please start the login again.").response(400)
        case .decided:
            VerificationPage.code(problem: "This login has been decided on already.").response(400)
        }
    }
}
