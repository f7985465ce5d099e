import OAuth

/// The one word that people see of an account.
package enum AccountState: Sendable, Hashable, CaseIterable {
    case misconfigured
    case refreshing
    case loginPending
    case loginRequired
    case waiting
    case fresh
    case loggedOut
}

/// What is held: whether there is anything to renew with.
indirect enum Grant: Sendable, Hashable {
    /// Nobody has logged in. Exits: `usable` by a login, or by a new configuration with a source.
    case none
    /// A refresh token, a source of the account's own, or at least a token. Exits: `ended` when the issuer says
    /// `invalid_grant` or the last token ends; `blocked`; `none` by a logout.
    case usable
    /// The login is over; its refresh token is kept, unused. Exits: `usable` by a login, or by a new configuration with a
    /// source; `none` by a logout.
    case ended(EndedCause)
    /// The issuer refuses this client or this request. Exits: `usable` by a new configuration, a login or an attempt that
    /// a person asks for and that succeeds; `ended` when that attempt shows it; `none` by a logout.
    case blocked(Failure)
}

/// What is under way. At most one request an account: a refresh may rotate the one refresh token.
indirect enum Flight: Sendable, Hashable {
    /// Exits: `recording`, or `sent` where no refresh token is at stake; `saving` by a login.
    case idle
    /// The intent is being made durable; nothing has been sent. Exits: `sent`; `backingOff` when the store fails.
    case recording(Attempt)
    /// Exits: `saving`; `idle` when nothing needs saving; `backingOff`.
    case sent(Attempt)
    /// What was brought is being made durable; nobody has seen it yet. Exits: `idle`; after a failure that brought a
    /// refresh token and nothing else, whatever that failure asks for.
    case saving(Harvest)
    /// Exits: `recording` or `sent` when the time has come or a reader brings it forward; `idle` when nothing is due.
    case backingOff(Setback)

    /// Whether a request, or the record before or after it, is under way.
    var isUnderWay: Bool {
        switch self {
        case .idle, .backingOff: false
        case .recording, .sent, .saving: true
        }
    }
}

/// What an attempt or a login brought, until it is durable.
struct Harvest: Sendable, Hashable {
    var variant = TokenVariant.standard
    var token: Token?
    var idToken: Token?
    /// Why there is no token beside the rotated refresh token.
    var failure: Failure?
    var isLogin = false
}

/// A failure and the time to leave the issuer alone.
struct Setback: Sendable, Hashable {
    var failure: Failure
    var until: Instant

    /// Whether even a person has to wait: the issuer named the time.
    var isIssuersWish: Bool { failure.class.retryAfter.map { $0 > .zero } ?? false }
    /// Whether a reader may bring the next try forward: the issuer has not been troubled.
    var mayBeBroughtForward: Bool { failure.class.outcome == .notSent }
}

/// One token of the grant, and when it is renewed.
struct Slot: Sendable, Hashable {
    var token: Token
    var renewAt: Instant
    /// Whether somebody has read it since it was last renewed. The account's own token is renewed in any case.
    var wasRead = false
}

/// A narrowed token that the issuer refused, and until when that is taken as its answer to everyone who asks.
struct RefusedVariant: Sendable, Hashable {
    var refusal: Refusal
    var until: Instant
}

/// A record that is not durable.
struct Unsaved: Sendable, Hashable {
    var failure: Failure
    var at: Instant
    /// How often in a row it could not be written.
    var failures: Int
    /// `nil`: it is being written now.
    var retryAt: Instant?
}
