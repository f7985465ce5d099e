extension IssuerMachine {
    /// Makes credentials of a role for whoever a JSON Web Token is about. Nothing is signed.
    mutating func assumeRoleWithWebIdentity(_ form: Form, at now: Duration) throws(AWSError) -> Answer {
        guard let text = form["WebIdentityToken"] else {
            throw .sts("ValidationError", "WebIdentityToken must be there")
        }
        guard let assertion = assertion(text) else {
            throw .sts("InvalidIdentityToken", "The token is not signed by anyone who is trusted")
        }
        guard now < assertion.expiresAt else { throw .sts("ExpiredTokenException", "Token expired") }
        let assumed = try assume(form, asks: assertion.subject, action: "sts:AssumeRoleWithWebIdentity", at: now)
        let subject = XML("SubjectFromWebIdentityToken", text: assertion.subject)
        return Answer(
            response: .sts(.assumeRoleWithWebIdentity, assumed.elements + [subject]),
            issued: [assumed.id]
        )
    }
}
