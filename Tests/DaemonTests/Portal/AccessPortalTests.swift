import Daemon
import IdentityCenter
import LocalAPI
import OAuth
import Synchronization
import Testing
import Transport

/// The machine at work: with a portal that is made of closures, and with one that speaks HTTP.
@Suite("The access portal's readers") struct AccessPortalTests {
    /// A portal that answers as it is told, and counts.
    private final class FakePortal: Sendable {
        struct Log {
            var asked: [PortalQuestion] = []
            var tokens: [Secret] = []
            var rejected: [Secret?] = []
            var underWay = 0
            var mostUnderWay = 0
        }

        let log = Mutex(Log())
        private let answer: @Sendable (Int, PortalQuestion) -> Result<PortalAnswer, PortalError>

        init(_ answer: @escaping @Sendable (Int, PortalQuestion) -> Result<PortalAnswer, PortalError>) {
            self.answer = answer
        }

        /// Answers after others had their chance to ask too.
        func ask(
            _ question: PortalQuestion,
            _ page: String?,
            _ session: PortalSession
        ) async -> Result<PortalAnswer, PortalError> {
            let number = log.withLock { log in
                log.asked.append(question)
                log.tokens.append(session.token)
                log.underWay += 1
                log.mostUnderWay = max(log.mostUnderWay, log.underWay)
                return log.asked.count
            }
            for _ in 0..<20 { await Task.yield() }
            log.withLock { $0.underWay -= 1 }
            return answer(number, question)
        }

        /// Gives a new token for each that is rejected.
        func admit(_ rejected: Secret?) throws(Problem) -> PortalSession {
            log.withLock { $0.rejected.append(rejected) }
            guard let portal = try? Portal.example else { throw Problem(.misconfigured, "no portal") }
            return PortalSession(portal: portal, token: Secret(rejected == nil ? "first" : "second"))
        }
    }

    private static func access(_ portal: FakePortal, _ clock: MovableClock = MovableClock()) -> AccessPortal {
        AccessPortal(
            request: { await portal.ask($0, $1, $2) },
            admission: { (_, rejected, _) throws(Problem) in try portal.admit(rejected) },
            now: { clock.now() }
        )
    }

    private static func role(_ name: String = "Admin") throws -> Role {
        Role(name, in: try #require(AWSAccount.ID("012345678901")))
    }

    private static func credentials(_ clock: MovableClock, _ id: String = "one") -> Result<PortalAnswer, PortalError> {
        .success(.credentials(.example(id, obtained: clock.now())))
    }

    @Test("share one request, a hundred of them")
    func crowd() async throws {
        let clock = MovableClock()
        let portal = FakePortal { _, _ in Self.credentials(clock) }
        let access = Self.access(portal, clock)
        let role = try Self.role()
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 {
                group.addTask { try await access.credentials(of: role, for: "corp", wait: .seconds(30)).accessKeyID }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids == ["one"])
        #expect(portal.log.withLock { $0.asked.count } == 1)
    }

    @Test("never have more than five requests under way (behaviour 23)")
    func limit() async throws {
        let clock = MovableClock()
        let portal = FakePortal { _, _ in Self.credentials(clock) }
        let access = Self.access(portal, clock)
        let roles = try (0..<60).map { try Self.role("\($0)") }
        try await withThrowingTaskGroup { group in
            for role in roles {
                group.addTask { _ = try await access.credentials(of: role, for: "corp", wait: .seconds(30)) }
            }
            try await group.waitForAll()
        }
        let log = portal.log.withLock { $0 }
        #expect(log.asked.count == 60)
        #expect((2...5).contains(log.mostUnderWay))
    }

    @Test("get through with another token after a 401 (behaviour 21)")
    func renewedToken() async throws {
        let clock = MovableClock()
        let portal = FakePortal { number, _ in
            number == 1 ? .failure(.sessionOver("gone")) : Self.credentials(clock)
        }
        _ = try await Self.access(portal, clock).credentials(of: Self.role(), for: "corp", wait: .seconds(30))
        let log = portal.log.withLock { $0 }
        #expect(log.tokens == [Secret("first"), Secret("second")])
        #expect(log.rejected == [nil, Secret("first")])
    }

    @Test("are told what the portal will not give (behaviour 22)")
    func forbidden() async throws {
        let portal = FakePortal { _, _ in .failure(.forbidden("No access")) }
        let role = try Self.role()
        let problem = await #expect(throws: Problem.self) {
            try await Self.access(portal).credentials(of: role, for: "corp", wait: .seconds(30))
        }
        #expect(problem?.code == .accessDenied)
        #expect(portal.log.withLock { $0.rejected } == [nil])
    }

    @Test("are answered from memory for as long as the credentials live, and anew afterwards")
    func memory() async throws {
        let clock = MovableClock()
        let portal = FakePortal { number, _ in Self.credentials(clock, "\(number)") }
        let access = Self.access(portal, clock)
        for (pause, id) in [(0, "1"), (600, "1"), (3600, "2")] {
            clock.advance(by: .seconds(pause))
            #expect(
                try await access.credentials(of: Self.role(), for: "corp", wait: .seconds(30)).accessKeyID == id
            )
        }
        await access.forget("corp")
        #expect(try await access.credentials(of: Self.role(), for: "corp", wait: .seconds(30)).accessKeyID == "3")
    }

    @Test("are let go when they give up, and when the daemon stops")
    func ends() async throws {
        let portal = FakePortal { _, _ in .failure(.throttled(.seconds(20))) }
        let access = Self.access(portal)
        let role = try Self.role()
        let impatient = Task { try await access.credentials(of: role, for: "corp", wait: .seconds(300)) }
        let patient = Task { try await access.awsAccounts(for: "corp", wait: .seconds(300)) }
        try await eventually("the portal was asked") { portal.log.withLock { $0.asked.count } > 0 }
        impatient.cancel()
        await #expect(throws: Problem.self) { try await impatient.value }
        await access.close()
        let problem = await #expect(throws: Problem.self) { try await patient.value }
        #expect(problem?.code == .temporarilyUnavailable)
    }

    // MARK: - Over HTTP

    /// Runs with a client of a portal on the loopback interface.
    private static func withPortal(
        _ answers: [String],
        _ body: (PortalClient, PortalSession) async throws -> Void
    ) async throws -> [String] {
        let server = try OneShotServer(answers)
        let clock = MovableClock()
        let transport = try Transport(userAgent: "tokend/test", proxy: nil)
        let exchange = Exchange(transport: transport, now: { clock.now() })
        let endpoint = try Endpoint(.portal, in: Region("us-east-1"), override: "http://127.0.0.1:\(server.port)")
        do {
            try await body(
                PortalClient(exchange: exchange),
                PortalSession(portal: Portal(endpoint), token: Secret("at-secret-1"))
            )
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
        return server.requests
    }

    @Test("reach the portal by HTTP, which shows nobody the token that it was sent (behaviours 22, 24, 25, 37)")
    func overHTTP() async throws {
        let answers = [
            OneShotServer.answer(
                "200 OK",
                #"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"s","sessionToken":"t","#
                    + #""expiration":4102444800000}}"#
            ),
            OneShotServer.answer("200 OK", #"{"accountList":[{"accountId":"012345678901"}],"nextToken":"n+1"}"#),
            OneShotServer.answer(
                "403 Forbidden",
                #"{"message":"No access for at-secret-1"}"#,
                "x-amzn-ErrorType: ForbiddenException:"
            ),
        ]
        let awsAccount = try #require(AWSAccount.ID("012345678901"))
        let requests = try await Self.withPortal(answers) { client, session in
            let credentials = await client.ask(.credentials(Role("A b+/", in: awsAccount)), after: nil, in: session)
            guard case .success(.credentials(let credentials)) = credentials else {
                Issue.record("no credentials: \(credentials)")
                return
            }
            #expect(credentials.expiresAt == .seconds(4_102_444_800))
            let accounts = await client.ask(.awsAccounts, after: nil, in: session)
            let account = AWSAccount(id: awsAccount, name: nil, email: nil)
            #expect(accounts == .success(.awsAccounts(Listing([account], next: "n+1"))))
            let roles = await client.ask(.roles(awsAccount), after: "n+1", in: session)
            #expect(roles == .failure(.forbidden("No access for [secret]")))
        }
        #expect(
            requests.map { $0.prefix { $0 != "\r" && $0 != "\r\n" } } == [
                "GET /federation/credentials?role_name=A%20b%2B%2F&account_id=012345678901 HTTP/1.1",
                "GET /assignment/accounts?max_result=100 HTTP/1.1",
                "GET /assignment/roles?account_id=012345678901&max_result=100&next_token=n%2B1 HTTP/1.1",
            ]
        )
        #expect(requests.allSatisfy { $0.lowercased().contains("x-amz-sso_bearer_token: at-secret-1\r\n") })
    }
}
