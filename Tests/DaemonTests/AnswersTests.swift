import Accounts
import Daemon
import LocalAPI
import OAuth
import Testing

/// What the machines decide, in the words of the API.
@Suite("Answers") struct AnswersTests {
    private static let now = Instant(wall: .seconds(1_795_411_980), boot: .seconds(1000), bootID: "boot")
    private static let failure = Failure(.temporary(.answered), code: "slow_down", detail: "not so fast")
    private static let soon = now.advanced(by: .milliseconds(2500))

    @Test(
        "give each refusal its code, the time of the next try and the command that mends it",
        arguments: [
            (.loginRequired(nil), .loginRequired, 409, nil, "tokenctl login corp"),
            (.loginRequired(cause(.revokedOrExpired)), .loginRequired, 409, nil, "tokenctl login corp"),
            (.loginRequired(cause(.rotationOutcomeUnknown)), .loginRequired, 409, nil, "tokenctl login corp"),
            (.misconfigured(failure), .misconfigured, 409, nil, "tokenctl reload"),
            (.unavailable(failure, retryAt: soon), .temporarilyUnavailable, 503, 3, nil),
            (.unavailable(failure, retryAt: now.advanced(by: .seconds(-5))), .temporarilyUnavailable, 503, 1, nil),
            (.timedOut, .waitTimeout, 504, 1, nil),
            (.unusableAnswer(failure, retryAt: soon), .issuerError, 502, 3, nil),
            (.unusableAnswer(failure, retryAt: nil), .issuerError, 502, nil, nil),
            (.denied(failure), .accessDenied, 403, nil, nil),
            (.variantRefused(failure), .invalidRequest, 400, nil, nil),
            (.tooManyVariants(limit: 32), .tooMany, 429, 60, nil),
            (.gone, .temporarilyUnavailable, 503, 1, nil),
        ] as [(Refusal, Problem.Code, Int, Int?, String?)]
    )
    func refusals(refusal: Refusal, code: Problem.Code, status: Int, retryAfter: Int?, fix: String?) {
        let problem = Answers.problem(refusal, of: "corp", at: Self.now)
        #expect(problem.code == code)
        #expect(problem.code.status == status)
        #expect(problem.retryAfter == retryAfter)
        #expect(problem.fix == fix)
        #expect(problem.account == "corp")
        #expect(problem.detail.contains("corp"))
    }

    @Test(
        "say in a sentence what happened",
        arguments: [
            (.loginRequired(nil), "nobody is logged in to corp"),
            (
                .loginRequired(cause(.revokedOrExpired)),
                "the login to corp is over: the issuer no longer accepts it (because)"
            ),
            (.loginRequired(cause(.notRefreshable)), "the login to corp is over: because"),
            (.unavailable(failure, retryAt: soon), "no token of corp for now: slow_down: not so fast"),
        ] as [(Refusal, String)]
    )
    func sentences(refusal: Refusal, sentence: String) {
        #expect(Answers.problem(refusal, of: "corp", at: Self.now).detail == sentence)
    }

    @Test(
        "tell whoever could not log in whose fault it was",
        arguments: [
            (.grantEnded, "invalid_grant", .accessDenied, nil),
            (.denied, "access_denied", .accessDenied, nil),
            (.misconfigured, "invalid_client", .misconfigured, nil),
            (.variantRefused, "invalid_scope", .misconfigured, nil),
            (.temporary(.notSent), "connect", .temporarilyUnavailable, 5),
            (.temporary(.answered, retryAfter: .seconds(30)), "http_429", .temporarilyUnavailable, 31),
            (.temporary(.unknown), "not_json", .issuerError, nil),
        ] as [(Failure.Class, String, Problem.Code, Int?)]
    )
    func logins(class: Failure.Class, code: String, expected: Problem.Code, retryAfter: Int?) {
        let problem = Answers.problem(Failure(`class`, code: code, detail: "why"), loggingInTo: "corp")
        #expect(problem.code == expected)
        #expect(problem.retryAfter == retryAfter)
        #expect(problem.detail == "the login to corp cannot begin: \(code): why")
    }

    @Test("cut fractions of a second off, so that nothing is promised for too long")
    func timestamps() {
        let late = Self.now.advanced(by: .milliseconds(999))
        #expect(Answers.timestamp(Self.now) == Answers.timestamp(late))
        #expect(Answers.timestamp(late).text == "2026-11-23T05:33:00Z")
    }

    @Test("give a token with the time that is left at that moment, and show it in no description")
    func token() throws {
        let token = Token(
            secret: Secret("at-secret"),
            type: "Bearer",
            scope: Scope(["a", "b"]),
            obtained: Self.now,
            lifetime: .seconds(3600),
            lifetimeIsAssumed: true
        )
        let later = Self.now.advanced(by: .milliseconds(3_599_500))
        let id = GrantID(account: "corp", fingerprint: "f")
        let machine = AccountMachine(
            id: id,
            policy: RefreshPolicy(),
            source: nil,
            scope: Scope(["a", "b"]),
            stored: StoredGrant(
                id: id,
                generation: 1,
                requestedScope: Scope(["a", "b"]),
                refreshToken: Secret("rt-secret"),
                token: token
            ),
            at: later
        )
        let served = try #require(machine.token(at: later))
        let answer = Answers.token(served, of: "corp", issuer: "https://i", at: later)
        #expect(answer.accessToken == "at-secret")
        #expect(answer.expiresIn == 0)
        #expect(answer.expiresAt.seconds == 1_795_415_580)
        #expect(answer.obtainedAt.seconds == 1_795_411_980)
        #expect(answer.refreshesAt?.seconds == 1_795_414_380)
        #expect(answer.scope == ["a", "b"])
        #expect(answer.expiryAssumed)
        #expect(!answer.degraded)
        #expect(!"\(answer)".contains("at-secret"))
    }

    private static func cause(_ reason: EndedCause.Reason) -> EndedCause {
        EndedCause(reason: reason, detail: "because", at: now)
    }
}
