package import OAuth

/// A reader who waits for an answer. It lives in the machine, so that single flight, patience and giving up are decided
/// in one place.
package struct Waiter: Sendable, Hashable {
    package typealias ID = UInt64

    package enum Want: Sendable, Hashable {
        /// A token that lives long enough.
        case token
        /// A token newer than the one held. After a failed attempt it waits for the next like anyone.
        case newToken
        /// The outcome of one attempt, whatever is held; asked by a person, so even where the account is blocked.
        case attempt
    }

    package var id: ID
    package var want: Want
    package var kind: TokenKind
    package var variant: TokenVariant
    /// Least remaining life asked for; `nil`: what the policy says.
    package var minValid: Duration?
    /// When its patience ends.
    package var deadline: Instant
    /// Whether an attempt has failed while it waited.
    var hasSeenFailure = false

    package init(
        id: ID,
        want: Want = .token,
        kind: TokenKind = .accessToken,
        variant: TokenVariant = .standard,
        minValid: Duration? = nil,
        deadline: Instant
    ) {
        self.id = id
        self.want = want
        self.kind = kind
        self.variant = variant
        self.minValid = minValid
        self.deadline = deadline
    }

    /// Whether it wants an attempt of its own, whatever is held and however long the machine meant to wait.
    var insists: Bool {
        switch want {
        case .token: false
        case .newToken: !hasSeenFailure
        case .attempt: true
        }
    }
}

/// A token on its way to a reader.
package struct ServedToken: Sendable, Hashable {
    /// Why it is less than was asked for.
    package enum Degradation: Sendable, Hashable {
        /// Less life left than asked, and nothing better to be had in time.
        case short
        /// Held in memory only: the store could not be written.
        case unsaved
    }

    package var token: Token
    package var refreshesAt: Instant?
    package var degradation: Degradation?
    /// The policy's least remaining life, with which it answers readers who do not ask for more.
    package var minValid: Duration
}

/// What a reader is told. Each is told once.
package enum Answer: Sendable, Hashable {
    case token(ServedToken)
    case refused(Refusal)
}

/// Why a reader gets no token.
package enum Refusal: Error, Sendable, Hashable {
    /// Nobody has logged in, or the login is over.
    case loginRequired(EndedCause?)
    case misconfigured(Failure)
    /// The last attempt failed; the next one comes at `retryAt`, later than the reader would wait.
    case unavailable(Failure, retryAt: Instant)
    /// An attempt was under way when the reader's patience ended.
    case timedOut
    /// The issuer answered, but nothing that can be used, or without the id token asked for.
    case unusableAnswer(Failure, retryAt: Instant?)
    /// The account that feeds this one waits for a person to log in.
    case feederNeedsLogin(String)
    /// The issuer's policy refuses this token.
    case denied(Failure)
    /// The issuer refuses the scope, audience or resource asked for.
    case variantRefused(Failure)
    /// More narrowed tokens are in use than one account keeps.
    case tooManyVariants(limit: Int)
    /// The account left the configuration, or the daemon stops.
    case gone
}
