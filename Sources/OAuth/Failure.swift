/// Why an attempt brought no token, and what that means for the attempts to come.
package struct Failure: Error, Sendable, Hashable {
    /// What the owner of the grant has to do about it. Decided in one pure function a provider.
    package enum Class: Sendable, Hashable {
        /// The refresh token is no longer accepted: `invalid_grant` on a refresh, and nothing else.
        case grantEnded
        /// Trying again is useless until the configuration or the client's registration changes.
        case misconfigured
        /// Only the scope, audience or resource asked for is refused; the grant itself is well.
        case variantRefused
        /// The person, or the issuer's policy, said no to this request.
        case denied
        /// Another account, whose token or role this one needs, waits for a person to log in.
        case feederNeedsLogin(account: String)
        /// Worth another try. `retryAfter` is what the issuer asked for, at the least.
        case temporary(Outcome, retryAfter: Duration? = nil)
    }

    /// What became of the request: whether the issuer may have acted on it decides how it may be tried again.
    package enum Outcome: Sendable, Hashable {
        /// Not a byte of it reached the issuer.
        case notSent
        /// The issuer said that it did nothing.
        case answered
        /// It was sent and no usable answer came: a rotating issuer may have used up the refresh token.
        case unknown
    }

    package var `class`: Class
    /// The issuer's own word (`invalid_grant`, …), or ours for what never got an answer (`dns`, `tls`, `timeout`,
    /// `not_json`, `http_503`, …).
    package var code: String
    /// What a person reads: the issuer's `error_description`, or what happened. Never a secret, never a body.
    package var detail: String
    /// A rotated refresh token that came with an answer which is otherwise unusable: it must be kept.
    package var rotatedRefreshToken: Secret?

    package init(_ class: Class, code: String, detail: String, rotatedRefreshToken: Secret? = nil) {
        self.class = `class`
        self.code = code
        self.detail = detail
        self.rotatedRefreshToken = rotatedRefreshToken
    }
}

extension Failure {
    /// Our own words for what an issuer never said. They appear as `last_error.code`.
    package enum Code {
        /// The reply is not a JSON object; often a web page of a proxy or a captive portal.
        package static let notJSON = "not_json"
        /// The reply is JSON, but not what the protocol says.
        package static let invalidReply = "invalid_reply"
        /// The token's lifetime is zero, negative or not a number, or was over when it arrived.
        package static let invalidLifetime = "invalid_lifetime"
        package static let unsupportedTokenType = "unsupported_token_type"
        /// The endpoint sent us elsewhere, where credentials must not follow.
        package static let redirect = "redirect"
        package static let tooLarge = "too_large"
        /// The reply is no HTTP at all.
        package static let notHTTP = "not_http"
        package static let noIDToken = "no_id_token"
        /// The store could not be written, so nothing was sent.
        package static let storeFailed = "store_failed"
        /// An endpoint or issuer that is no https URL; configured or published.
        package static let invalidAddress = "invalid_address"
        /// The metadata belongs to another issuer than the configured one.
        package static let issuerMismatch = "issuer_mismatch"
        /// The endpoint that a request goes to is neither configured nor published.
        package static let noEndpoint = "no_endpoint"
        /// Something that the account's provider does not have.
        package static let unsupported = "unsupported"
        /// The client's authentication needs a secret, and there is none.
        package static let noClientSecret = "no_client_secret"
    }

    /// The same failure, seen by a request for which something had to be fetched first, such as the issuer's metadata:
    /// whatever became of the fetching, that request itself has not been sent.
    package var beforeSending: Failure {
        guard case .temporary(_, let retryAfter) = `class` else { return self }
        return Failure(.temporary(.notSent, retryAfter: retryAfter), code: code, detail: detail)
    }

    /// Whether the issuer answered, but with something that cannot be used.
    package var isUnusableAnswer: Bool {
        [
            Code.notJSON, Code.invalidReply, Code.invalidLifetime, Code.unsupportedTokenType, Code.redirect,
            Code.tooLarge, Code.notHTTP, Code.noIDToken,
        ].contains(code)
    }
}

extension Failure.Class {
    /// Whether another try may end otherwise.
    package var isTemporary: Bool {
        guard case .temporary = self else { return false }
        return true
    }

    /// What became of the request. Classes other than `temporary` are things that an issuer says.
    package var outcome: Failure.Outcome {
        guard case .temporary(let outcome, _) = self else { return .answered }
        return outcome
    }

    /// What the issuer asked for before another try.
    package var retryAfter: Duration? {
        guard case .temporary(_, let retryAfter) = self else { return nil }
        return retryAfter
    }
}
