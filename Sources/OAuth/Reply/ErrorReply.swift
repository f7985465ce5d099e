import HTTPTypes

/// What a request to an issuer was for: the same error word means another thing to each.
package enum Exchange: Sendable, Hashable {
    /// A refresh with this token, which is taken out of a description that repeats it.
    case refresh(Secret)
    case clientCredentials
    /// The beginning of a device login.
    case deviceAuthorization
    /// A poll for the tokens of a device login.
    case deviceCode
    case revocation
}

/// The error an issuer names in its reply (RFC 6749 section 5.2, extended by RFC 8628, 8707 and 7009).
///
/// It decides whatever the HTTP status is: some issuers say it with 401 or 403, and some with 200.
package struct ErrorReply: Sendable, Hashable {
    /// The issuer's own word.
    package var code: String
    /// Its `error_description`, fit to be shown; a sentence of ours where there is none.
    package var detail: String
    /// The polling interval that may come with `slow_down`.
    package var interval: Duration?
    private var exchange: Exchange
    /// The HTTP status it came with.
    private var status: Int
    private var retryAfter: Duration?

    /// Reads the error of a reply; `nil` when the reply names none.
    package init?(_ reply: EndpointReply, to exchange: Exchange) {
        guard let members = try? reply.object(Members.self), let error = members.error.value, !error.isEmpty else {
            return nil
        }
        code = error.redacted(after: exchange).displayable(atMost: 64)
        let description = (members.description.value ?? "").redacted(after: exchange).displayable()
        detail = description.isEmpty ? "the issuer gave no reason" : description
        interval = members.interval.value.flatMap { Lifetime(seconds: $0.value, sentAt: reply.sentAt)?.duration }
        self.exchange = exchange
        status = reply.head.status.code
        retryAfter = reply.retryAfter
    }

    /// What the error means for the attempts to come. Only `invalid_grant` on a refresh ends a login; what nobody knows
    /// keeps it and is tried again, but for a device login, which any unknown refusal ends (RFC 8628 section 3.5).
    package var failure: Failure { Failure(failureClass, code: code, detail: detail) }

    private var failureClass: Failure.Class {
        switch (code, exchange) {
        case ("invalid_grant", .refresh):
            .grantEnded
        case ("invalid_grant", .deviceCode), ("access_denied", _), ("expired_token", .deviceCode):
            .denied
        case ("invalid_grant", _), ("invalid_client", _), ("unauthorized_client", _), ("unsupported_grant_type", _),
            ("invalid_request", _), ("unsupported_token_type", _):
            .misconfigured
        case ("invalid_scope", _), ("invalid_target", _):
            .variantRefused
        case ("temporarily_unavailable", _), ("slow_down", _), ("server_error", _):
            .temporary(.answered, retryAfter: retryAfter)
        case (_, _) where status >= 500:
            .temporary(.unknown, retryAfter: retryAfter)
        case (_, .deviceCode) where status != 429:
            .denied
        default:
            .temporary(.answered, retryAfter: retryAfter)
        }
    }

    private struct Members: Decodable {
        var error: Member<String>
        var description: Member<String>
        var interval: Member<DecimalNumber>

        private enum CodingKeys: String, CodingKey {
            case error
            case description = "error_description"
            case interval
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            error = members.member(.error)
            description = members.member(.description)
            interval = members.member(.interval)
        }
    }
}

extension EndpointReply {
    /// Returns when the issuer did what was asked, judged by the error it names and else by the status.
    package func check(_ exchange: Exchange) throws(Failure) {
        if let error = ErrorReply(self, to: exchange) { throw error.failure }
        if let failure = statusFailure { throw failure }
    }
}

extension String {
    /// The text without a secret that was sent, should the issuer repeat it. One of fewer than eight bytes keeps nothing
    /// safe, and would be found inside the error words.
    package func withholding(_ secret: Secret) -> String {
        secret.count < 8 ? self : replacing(secret.revealText(), with: "[secret]")
    }

    /// The text without the refresh token that was sent.
    fileprivate func redacted(after exchange: Exchange) -> String {
        guard case .refresh(let token) = exchange else { return self }
        return withholding(token)
    }
}
