import IdentityCenter
import LocalAPI
import OAuth

/// What the portal says in place of an answer, in the words of the API.
extension Problem {
    /// Why an account's question got no answer.
    init(_ error: PortalError, to question: PortalQuestion, of account: String) {
        let login = "tokenctl login \(account)"
        switch error {
        case .sessionOver(let detail):
            self.init(
                .loginRequired,
                "the AWS access portal no longer accepts the login to \(account): \(detail)",
                account: account,
                fix: login
            )
        case .forbidden(let detail):
            self.init(
                .accessDenied,
                "the login to \(account) may not have \(question.subject): \(detail). The role is not assigned, or it "
                    + "was assigned after the login; in that case log in again",
                account: account,
                fix: login
            )
        case .notFound(let detail):
            self.init(.notFound, "the portal does not know \(question.subject): \(detail)", account: account)
        case .refused(let detail):
            self.init(.invalidRequest, "the portal does not give \(question.subject): \(detail)", account: account)
        case .unavailable(let failure):
            self.init(
                failure.isUnusableAnswer ? .issuerError : .temporarilyUnavailable,
                "the portal has not given \(question.subject): \(Answers.text(failure))",
                account: account
            )
        }
    }

    /// A question whose answer was on its way when the reader's patience ended.
    static func portalTimedOut(_ question: PortalQuestion, of account: String) -> Problem {
        Problem(
            .waitTimeout,
            "the portal has not given \(question.subject) in time; the request goes on, ask again",
            account: account,
            retryAfter: 1
        )
    }

    /// A question that comes when the daemon stops.
    static func portalClosed(_ account: String) -> Problem {
        Problem(.temporarilyUnavailable, "tokend is stopping", account: account, retryAfter: 1)
    }
}
