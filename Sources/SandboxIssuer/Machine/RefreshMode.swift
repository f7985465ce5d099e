/// What becomes of a refresh token that is used.
package struct RefreshMode: Sendable, Hashable {
    /// What one who comes again within the grace gets.
    package enum Repeat: Sendable, Hashable {
        /// The successor handed out before.
        case sameSuccessor
        /// A further successor; both are good.
        case newSuccessor
    }

    /// Whether each use brings a new refresh token in place of the old one.
    package var rotates: Bool
    /// For how long after its first use the old one is still taken, as long as no successor has been used.
    package var grace: Duration = .zero
    package var onRepeat: Repeat = .sameSuccessor
    /// Whether the use of a token past its time ends the whole login (RFC 9700 section 4.14.2).
    package var reuseRevokesFamily = false

    /// One refresh token for the whole login.
    package static let `static` = RefreshMode(rotates: false)
    /// One use each; a second is refused.
    package static let strict = RefreshMode(rotates: true)
    /// One use each; a second ends the login.
    package static let revokeFamily = RefreshMode(rotates: true, reuseRevokesFamily: true)

    /// One use each, and uses of the same one soon after count as one.
    package static func rotating(grace: Duration, onRepeat: Repeat = .sameSuccessor) -> RefreshMode {
        RefreshMode(rotates: true, grace: grace, onRepeat: onRepeat)
    }

    /// The names of the command line and the control API.
    package enum Name: String, Sendable, CaseIterable {
        case `static`
        case rotate
        case strict
        case revokeFamily = "revoke-family"
    }

    /// The mode of a name; only `rotate` has a use for `grace`.
    package init(_ name: Name, grace: Duration) {
        switch name {
        case .static: self = .static
        case .rotate: self = .rotating(grace: grace)
        case .strict: self = .strict
        case .revokeFamily: self = .revokeFamily
        }
    }

    private init(
        rotates: Bool,
        grace: Duration = .zero,
        onRepeat: Repeat = .sameSuccessor,
        reuseRevokesFamily: Bool = false
    ) {
        self.rotates = rotates
        self.grace = grace
        self.onRepeat = onRepeat
        self.reuseRevokesFamily = reuseRevokesFamily
    }
}
