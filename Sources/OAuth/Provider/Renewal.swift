/// How an account comes to a fresh token.
package enum Renewal: Sendable, Hashable {
    /// By the refresh token of a login (RFC 6749 section 6), sent by the client that it was issued to: `nil` is the
    /// configured one.
    case refreshToken(Secret, client: ClientRegistration? = nil)
    /// By the client's own credentials; no person is needed (RFC 6749 section 4.4).
    case clientCredentials
    /// By an assertion that somebody else has issued (RFC 7523 section 2.1).
    case assertion
    /// By exchanging a token that somebody else has issued (RFC 8693 section 2.1).
    case subjectToken
}
