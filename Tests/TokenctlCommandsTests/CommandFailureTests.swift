import LocalAPI
import Testing
import TokenClient
import TokenctlCommands

@Suite struct CommandFailureTests {
    @Test(
        "Every problem of the daemon has the exit status of the contract",
        arguments: [
            (.unknownAccount, 66), (.loginRequired, 77), (.misconfigured, 78), (.accessDenied, 76),
            (.temporarilyUnavailable, 75), (.waitTimeout, 75), (.issuerError, 76), (.locked, 77), (.forbidden, 69),
            (.invalidRequest, 64), (.notFound, 66), (.methodNotAllowed, 64), (.conflict, 75), (.tooLarge, 64),
            (.tooMany, 75),
        ] as [(Problem.Code, Int32)]
    )
    func problems(code: Problem.Code, status: Int32) {
        #expect(TokenctlCommands.ExitStatus(TokenClientError.Code(rawValue: code.rawValue)).rawValue == status)
    }

    @Test(
        "Every failure of the client has its exit status",
        arguments: [
            (.unusableSocketPath, 78), (.unreachable, 69), (.foreignPeer, 69), (.disconnected, 69), (.timedOut, 75),
            (.malformedReply, 69), (TokenClientError.Code(rawValue: "unheard_of"), 69),
        ] as [(TokenClientError.Code, Int32)]
    )
    func own(code: TokenClientError.Code, status: Int32) {
        #expect(TokenctlCommands.ExitStatus(code).rawValue == status)
    }

    @Test("A message ends with the command that mends it, where there is one")
    func remedies() {
        func message(_ change: (inout TokenClientError) -> Void) -> String {
            var error = TokenClientError(.temporarilyUnavailable, "it is so.")
            change(&error)
            return CommandFailure(error).message
        }
        #expect(message { _ in } == "it is so")
        #expect(message { $0.retryAfter = 90 } == "it is so; try again in 1 min")
        #expect(message { $0.fix = "a b" } == "it is so; run: a b")
        #expect(message { $0.code = .loginRequired } == "it is so; run: tokenctl login NAME")
        #expect(
            message {
                $0.code = .loginRequired
                $0.account = "work"
            } == "it is so; run: tokenctl login work"
        )
        #expect(message { $0.code = .locked } == "it is so; run: tokenctl unlock")
    }
}
