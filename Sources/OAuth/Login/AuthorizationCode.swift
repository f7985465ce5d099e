/// What the address is made of that a person opens to log in (RFC 6749 section 4.1.1).
package struct AuthorizationRequest: Sendable, Hashable {
    /// Where the browser brings the code: on this machine, port included.
    package var redirectURI: String
    /// Comes back with the code, and shows that it belongs to this login.
    package var state: Secret
    package var proofKey: ProofKey

    package init(redirectURI: String, state: Secret, proofKey: ProofKey) {
        self.redirectURI = redirectURI
        self.state = state
        self.proofKey = proofKey
    }
}

/// A code to be exchanged for tokens, with what belongs to it (RFC 6749 section 4.1.3).
package struct AuthorizationCode: Sendable, Hashable {
    package var code: Secret
    /// The same as in the authorization request, to the byte. `nil`: whoever brought the code named none.
    package var redirectURI: String?
    /// The proof key's verifier (RFC 7636). `nil`: whoever brought the code named none.
    package var verifier: Secret?
    /// The client that it was issued to; `nil` is the configured one.
    package var client: ClientRegistration?

    package init(code: Secret, redirectURI: String? = nil, verifier: Secret? = nil, client: ClientRegistration? = nil) {
        self.code = code
        self.redirectURI = redirectURI
        self.verifier = verifier
        self.client = client
    }
}
