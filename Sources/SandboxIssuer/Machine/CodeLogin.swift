import Crypto

/// A login by an authorization code with a proof key (RFC 6749 section 4.1, RFC 7636), from the page to the tokens.
package struct CodeLogin: Sendable, Hashable {
    package enum Decision: Sendable, Hashable {
        /// Nobody has decided yet. Exits: approved, denied.
        case pending
        /// Somebody said yes, and the code is out. Exit: redeemed.
        case approved
        /// Somebody said no. No exit.
        case denied
        /// The tokens are out. No exit.
        case redeemed
    }

    /// Where the browser is sent, with the port of this time.
    package let redirectURI: String
    /// What the client recognises its own request by.
    package let state: String?
    /// The hash of the verifier that the client keeps for itself.
    package let challenge: String
    /// Since 1970.
    package let expiresAt: Duration
    package var decision: Decision = .pending

    /// Takes the code back: returns when tokens are due.
    mutating func redeem(redirectURI: String?, verifier: String, at now: Duration) throws(OAuthError) {
        guard decision == .approved, now < expiresAt else {
            throw .invalidGrant("the code has been used, or has expired")
        }
        guard redirectURI == self.redirectURI else { throw .invalidGrant("the redirect URI is another one") }
        guard Base64URL.encoded(SHA256.hash(data: Array(verifier.utf8))) == challenge else {
            throw .invalidGrant("the code verifier does not fit")
        }
        decision = .redeemed
    }

    /// Sends the browser back to the client.
    func redirect(_ fields: KeyValuePairs<String, String>) -> Response {
        var form = Form(fields)
        if let state { form.fields.append(Form.Field(name: "state", value: state)) }
        let separator = redirectURI.contains("?") ? "&" : "?"
        return Response(
            303,
            headers: ["Location": redirectURI + separator + form.encoded, "Cache-Control": "no-store"]
        )
    }

    /// Sends the browser back with an error.
    func refusal(_ code: String) -> Response { redirect(["error": code]) }
}
