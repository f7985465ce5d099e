import OAuth

/// What gateways hold ready for readers who ask for nothing in particular.
extension AccountMachine {
    /// Tells the gateways what has changed, and nothing else.
    mutating func publishChanges(_ turn: inout Turn) {
        for kind in TokenKind.allCases {
            let token = isRetired ? nil : presentable(kind, at: turn.now)
            guard token != published[kind] else { continue }
            published[kind] = token
            turn.effects.append(token.map { .publish(kind, $0) } ?? .withdraw(kind))
        }
    }

    /// A token as it is held ready. The id token is, once somebody has read it: until then its margin does not count,
    /// and the first reader must be noticed.
    private func presentable(_ kind: TokenKind, at now: Instant) -> ServedToken? {
        switch kind {
        case .accessToken:
            return token(at: now)
        case .idToken:
            guard let idToken, idTokenIsRead, idToken.token.remaining(at: now) > .zero else { return nil }
            return served(idToken)
        }
    }

    /// Forgets tokens and refusals whose time is over. A login that has nothing to renew its token with ends with it.
    mutating func forgetEndedTokens(_ turn: inout Turn) {
        let now = turn.now
        slots = slots.filter { $0.value.token.remaining(at: now) > .zero }
        refusals = refusals.filter { !now.hasReached($0.value.until) }
        if let slot = idToken, slot.token.remaining(at: now) <= .zero { idToken = nil }
        if grant == .usable, !isRefreshable, slots[.standard] == nil, !flight.isUnderWay {
            end(.notRefreshable, "the token has ended and the issuer gave no refresh token", &turn)
        }
    }
}
