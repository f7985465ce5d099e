import Accounts
import Gateways
package import LocalAPI
package import OAuth

/// Accounts that are fed by others: with a token that they turn into one of their own, or with a role that signs.
extension Engine {
    /// A token of an account for another one that it feeds, made fresh first.
    package func feed(from account: String, _ kind: TokenKind) async throws(Failure) -> Secret {
        do throws(Problem) {
            let waiter = waiter(.token, TokenQuery(kind: TokenQuery.Kind(kind), wait: 30), scope: .none)
            return try await served(waiter, from: liveDesk(account), of: account).token.secret
        } catch {
            throw Failure(error, of: account)
        }
    }

    /// Tells those whom an account feeds that it can be asked again.
    func feedOthers(from desk: AccountDesk.ID) {
        guard let account = desks[desk]?.name, live[account] == desk else { return }
        for (id, other) in desks where other.provider.feeders.contains(account) { deliver(.fed(by: account), to: id) }
    }
}

extension Provider {
    /// The accounts without which this one cannot renew by itself.
    fileprivate var feeders: Set<String> {
        guard let source else { return [] }
        let names = ingredients(for: .renewal(source)).compactMap { ingredient -> String? in
            switch ingredient {
            case .assertion(.account(let name, _)), .signingCredentials(.role(let name, _, _)): name
            case .assertion, .signingCredentials, .issuerMetadata, .clientSecret, .clientRegistration: nil
            }
        }
        return Set(names)
    }
}

extension Failure {
    /// Why an account could not be fed by another one: whatever that was, nothing has been sent.
    package init(_ problem: Problem, of feeder: String) {
        switch problem.code {
        case .loginRequired:
            self.init(.feederNeedsLogin(account: feeder), code: problem.code.rawValue, detail: problem.detail)
        case .unknownAccount, .invalidRequest, .misconfigured, .accessDenied, .notFound:
            self.init(.misconfigured, code: problem.code.rawValue, detail: problem.detail)
        default:
            let retryAfter = problem.retryAfter.map { Duration.seconds($0) }
            self.init(
                .temporary(.notSent, retryAfter: retryAfter),
                code: problem.code.rawValue,
                detail: problem.detail
            )
        }
    }
}
