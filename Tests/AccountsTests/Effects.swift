import Accounts
import OAuth

/// What tests ask about a list of effects.
extension [Effect] {
    /// What is to be done, by name and in order; announcements left out.
    var acts: [String] { compactMap(\.act) }

    /// The requests to the issuer.
    var sends: [Attempt] {
        compactMap {
            guard case .send(let attempt) = $0 else { return nil }
            return attempt
        }
    }

    /// What is told to whom, in order.
    var replies: [(waiter: Waiter.ID, answer: Answer)] {
        compactMap {
            guard case .reply(let waiter, let answer) = $0 else { return nil }
            return (waiter, answer)
        }
    }

    /// What one reader is told; where none is named, the first who is told anything.
    func answer(to waiter: Waiter.ID? = nil) -> Answer? {
        replies.first { waiter == nil || $0.waiter == waiter }?.answer
    }

    /// The token that a kind is published with, the last one if there are several.
    func published(_ kind: TokenKind = .accessToken) -> ServedToken? {
        compactMap { effect -> ServedToken? in
            guard case .publish(kind, let token) = effect else { return nil }
            return token
        }
        .last
    }

    /// The states that are told of.
    var states: [AccountState] {
        compactMap {
            guard case .announce(.state(let state)) = $0 else { return nil }
            return state
        }
    }

    /// The failures that are told of.
    var failures: [Failure] {
        compactMap {
            guard case .announce(.failed(let failure)) = $0 else { return nil }
            return failure
        }
    }

    /// The ends of logins that are told of.
    var logins: [Bool] {
        compactMap {
            guard case .announce(.loggedIn(let saved)) = $0 else { return nil }
            return saved
        }
    }

    /// The refresh tokens to be revoked by name.
    var revocations: [String] {
        compactMap {
            guard case .revoke(let token) = $0 else { return nil }
            return token.revealText()
        }
    }
}

extension Effect {
    fileprivate var act: String? {
        switch self {
        case .recordIntent: "record intent"
        case .clearIntent: "clear intent"
        case .send: "send"
        case .save: "save"
        case .bury: "bury"
        case .revoke: "revoke"
        case .publish: "publish"
        case .withdraw: "withdraw"
        case .reply: "reply"
        case .announce: nil
        }
    }
}

extension Answer {
    /// The token's plain text, if it is one.
    var token: String? { served?.token.secret.revealText() }

    var degradation: ServedToken.Degradation? { served?.degradation }

    var served: ServedToken? {
        guard case .token(let served) = self else { return nil }
        return served
    }

    var refusal: Refusal? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal
    }
}

extension ServedToken {
    var text: String { token.secret.revealText() }
}
