/// What a person, or a client on its own behalf, has allowed: the family of all tokens that come of it.
package struct Grant: Sendable, Hashable {
    /// Numbers count from 1.
    package let id: Int
    package let client: String
    package let scope: [String]
    /// The login it came of; `nil` for a client's own.
    package var login: DeviceLogin?
    /// The same, by a code.
    package var code: CodeLogin?
    /// When the portal session is over that it began with SSO-OIDC, since 1970; `nil` for a grant of OAuth.
    package var sessionEnd: Duration?
    /// The refresh tokens so far, the first at index 0.
    package var generations: [Generation] = []
    package var isRevoked = false

    /// One refresh token.
    package struct Generation: Sendable, Hashable {
        /// When it was first used in a way that made a successor; since 1970.
        package var spentAt: Duration?
        /// What was handed out for it.
        package var successors: [Int] = []
    }

    /// Whether nothing comes of it any more.
    package func isOver(at now: Duration) -> Bool { isRevoked || sessionEnd.map { $0 <= now } ?? false }

    /// Begins the family of refresh tokens.
    ///
    /// - Returns: the number of the first.
    mutating func firstGeneration() -> Int {
        generations = [Generation()]
        return 1
    }

    /// Uses a refresh token.
    ///
    /// - Returns: the generation of the refresh token that is good from now on, which may be the same; `nil` when this
    ///   one's time is past.
    mutating func redeem(generation: Int, by mode: RefreshMode, at now: Duration) -> Int? {
        let index = generation - 1
        guard generations.indices.contains(index) else { return nil }
        if let spentAt = generations[index].spentAt {
            let successors = generations[index].successors
            guard now - spentAt < mode.grace, successors.allSatisfy({ generations[$0 - 1].spentAt == nil }) else {
                return nil
            }
            if mode.onRepeat == .sameSuccessor { return successors.last }
        } else if !mode.rotates {
            return generation
        }
        generations.append(Generation())
        generations[index].spentAt = generations[index].spentAt ?? now
        generations[index].successors.append(generations.count)
        return generations.count
    }
}
