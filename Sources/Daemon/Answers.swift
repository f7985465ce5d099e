package import Accounts
package import LocalAPI
package import OAuth

/// What the machines decide, in the words of the API.
package enum Answers {
    /// A token for a reader.
    package static func token(_ served: ServedToken, of account: String, issuer: String, at now: Instant) -> TokenAnswer
    {
        let token = served.token
        return TokenAnswer(
            account: account,
            accessToken: token.secret.revealText(),
            tokenType: token.type,
            expiresAt: timestamp(token.expiry),
            expiresIn: Int(token.remaining(at: now).wholeSeconds),
            scope: token.scope.tokens,
            issuer: issuer,
            obtainedAt: timestamp(token.obtained),
            refreshesAt: served.refreshesAt.map(timestamp),
            expiryAssumed: token.lifetimeIsAssumed,
            degradedBecause: served.degradation.map { $0 == .short ? .short : .unsaved }
        )
    }

    /// Why a reader gets none.
    package static func problem(_ refusal: Refusal, of account: String, at now: Instant) -> Problem {
        func later(_ retryAt: Instant) -> Int { max(1, Int(now.remaining(until: retryAt).wholeSeconds) + 1) }
        switch refusal {
        case .loginRequired(let cause):
            let why =
                cause.map { "the login to \(account) is over: \(sentence($0))" } ?? "nobody is logged in to \(account)"
            return Problem(.loginRequired, why, account: account, fix: "tokenctl login \(account)")
        case .misconfigured(let failure):
            return Problem(
                .misconfigured,
                "the issuer refuses \(account) as it is configured: \(text(failure)); correct [account.\(account)] and "
                    + "reload",
                account: account,
                fix: "tokenctl reload"
            )
        case .unavailable(let failure, let retryAt):
            return Problem(
                .temporarilyUnavailable,
                "no token of \(account) for now: \(text(failure))",
                account: account,
                retryAfter: later(retryAt)
            )
        case .timedOut:
            return Problem(
                .waitTimeout,
                "no new token of \(account) has come in time; ask again",
                account: account,
                retryAfter: 1
            )
        case .unusableAnswer(let failure, let retryAt):
            return Problem(
                .issuerError,
                "the issuer of \(account) answered something unusable: \(text(failure))",
                account: account,
                retryAfter: retryAt.map(later)
            )
        case .denied(let failure):
            return Problem(.accessDenied, "the issuer denies \(account) a token: \(text(failure))", account: account)
        case .feederNeedsLogin(let feeder):
            return Problem(
                .loginRequired,
                "\(account) is fed by \(feeder), which needs a login",
                account: account,
                fix: "tokenctl login \(feeder)"
            )
        case .variantRefused(let failure):
            return Problem(
                .invalidRequest,
                "the issuer of \(account) refuses the scope, audience or resource asked for: \(text(failure))",
                account: account
            )
        case .tooManyVariants(let limit):
            return Problem(
                .tooMany,
                "\(account) already keeps \(limit) narrowed tokens that are in use",
                account: account,
                retryAfter: 60
            )
        case .gone:
            return Problem(
                .temporarilyUnavailable,
                "\(account) has just left the configuration, or tokend is stopping",
                account: account,
                retryAfter: 1
            )
        }
    }

    /// Why a login could not begin.
    package static func problem(_ failure: Failure, loggingInTo account: String) -> Problem {
        let detail = "the login to \(account) cannot begin: \(text(failure))"
        switch failure.class {
        case .misconfigured, .variantRefused:
            return Problem(.misconfigured, detail, account: account)
        case .denied, .grantEnded:
            return Problem(.accessDenied, detail, account: account)
        case .feederNeedsLogin(let feeder):
            return Problem(.loginRequired, detail, account: account, fix: "tokenctl login \(feeder)")
        case .temporary(_, let retryAfter):
            let seconds = retryAfter.map { Int($0.wholeSeconds) + 1 }
            return Problem(
                failure.isUnusableAnswer ? .issuerError : .temporarilyUnavailable,
                detail,
                account: account,
                retryAfter: failure.isUnusableAnswer ? seconds : seconds ?? 5
            )
        }
    }

    /// An account as everyone may see it.
    static func status(of desk: AccountDesk, at now: Instant) -> AccountStatus {
        let machine = desk.machine
        let served = machine.token(at: now)
        var lastError = machine.lastFailure.map {
            AccountStatus.LastError(code: $0.failure.code, detail: $0.failure.detail, at: timestamp($0.at))
        }
        if lastError == nil, let cause = machine.endedCause {
            lastError = AccountStatus.LastError(
                code: cause.reason == .notRefreshable ? cause.reason.rawValue : "invalid_grant",
                detail: sentence(cause),
                at: timestamp(cause.at)
            )
        }
        return AccountStatus(
            name: desk.name,
            provider: desk.provider.name,
            issuer: desk.provider.issuer,
            state: word(machine.state(at: now)),
            expiresAt: served.map { timestamp($0.token.expiry) },
            refreshesAt: served?.refreshesAt.map(timestamp),
            lastRefreshAt: machine.lastRefreshAt.map(timestamp),
            lastError: lastError,
            retryAt: machine.nextTryAt.map(timestamp),
            scopes: (served?.token.scope ?? desk.provider.scope).tokens,
            subject: machine.subject,
            user: desk.user,
            refreshable: machine.isRefreshable
        )
    }

    /// The word for a state, as the API has it.
    static func word(_ state: AccountState) -> AccountStatus.State {
        switch state {
        case .misconfigured: .misconfigured
        case .refreshing: .refreshing
        case .loginPending: .loginPending
        case .loginRequired: .loginRequired
        case .waiting: .waiting
        case .fresh: .fresh
        case .loggedOut: .loggedOut
        }
    }

    /// A moment as the API has it; fractions of a second are cut off, so that nothing is promised for too long.
    package static func timestamp(_ instant: Instant) -> Timestamp { Timestamp(seconds: instant.wall.wholeSeconds) }

    /// A failure for people: the issuer's word and what it means.
    static func text(_ failure: Failure) -> String {
        failure.detail.isEmpty ? failure.code : "\(failure.code): \(failure.detail)"
    }

    private static func sentence(_ cause: EndedCause) -> String {
        switch cause.reason {
        case .revokedOrExpired:
            cause.detail.isEmpty
                ? "the issuer no longer accepts it" : "the issuer no longer accepts it (\(cause.detail))"
        case .rotationOutcomeUnknown:
            "an answer with a new refresh token got lost on the way, and the issuer no longer accepts the old one"
        case .notRefreshable:
            cause.detail
        }
    }
}
