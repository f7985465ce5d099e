import Daemon
import IdentityCenter
import LocalAPI
import OAuth
import Testing

/// What is decided about questions to the portal, without a portal and without waiting.
@Suite("Questions to the portal") struct PortalMachineTests {
    private static let admin = PortalQuestion.role("Admin")

    /// A scene in which one role's credentials are held.
    private static func holding(lifetime: Duration = .seconds(3600)) throws -> PortalScene {
        var scene = PortalScene()
        scene.ask(admin)
        try scene.admit()
        scene.answer(.success(.credentials(.example("one", obtained: scene.now, lifetime: lifetime))))
        return scene
    }

    // MARK: - One question

    @Test("are asked once, however many readers ask the same")
    func singleFlight() throws {
        var scene = PortalScene()
        let readers = (0..<100).map { _ in scene.ask(Self.admin) }
        #expect(scene.admissions.count == 1)
        try scene.admit()
        #expect(scene.requests.map(\.token) == [Secret("token")])
        scene.answer(.success(.credentials(.example("one", obtained: scene.now))))
        #expect(scene.sent == 1)
        #expect(readers.allSatisfy { scene.credentials($0)?.accessKeyID == "one" })
        #expect(scene.answeredTwice.isEmpty)
    }

    @Test("are kept apart by account, by role and by AWS account")
    func keys() throws {
        var scene = PortalScene()
        scene.ask(Self.admin)
        scene.ask(Self.admin, of: "other")
        scene.ask(.role("Reader"))
        #expect(scene.admissions.map(\.call.key.account) == ["corp", "other", "corp"])
    }

    @Test("are answered from memory while the credentials live long enough, and listings never are")
    func memory() throws {
        var scene = try Self.holding()
        let reader = scene.ask(Self.admin, wait: .zero)
        #expect(scene.credentials(reader)?.accessKeyID == "one")
        for _ in 0..<2 {
            let reader = scene.ask(.awsAccounts)
            try scene.admit()
            scene.answer(.success(.awsAccounts(Listing([]))))
            #expect(scene.replies[reader] == .success(.awsAccounts(Listing([]))))
        }
        #expect(scene.sent == 3)
    }

    // MARK: - Renewal

    @Test("renew credentials ahead of their end while somebody reads them, and no longer")
    func renewal() throws {
        var scene = try Self.holding()
        scene.pass(.seconds(2399))
        #expect(scene.admissions.isEmpty)
        scene.pass(.seconds(1))
        try scene.admit()
        scene.answer(.success(.credentials(.example("two", obtained: scene.now))))
        let reader = scene.ask(Self.admin, wait: .zero)
        #expect(scene.credentials(reader)?.accessKeyID == "two")
        scene.pass(.seconds(2400))
        try scene.admit()
        scene.answer(.success(.credentials(.example("three", obtained: scene.now))))
        // Nobody has read these.
        scene.pass(.seconds(86_400))
        #expect(scene.admissions.isEmpty)
        #expect(scene.sent == 3)
        #expect(scene.machine.earliestWake(at: scene.now) == nil)
    }

    @Test(
        "renew with 20 minutes left or a third of the life, and earlier by luck but never later",
        arguments: [(43_200, 0.0, 42_000), (3600, 0.0, 2400), (900, 0.0, 600), (3600, 1.0, 2220)]
    )
    func margin(lifetime: Int64, jitter: Double, expected: Int64) throws {
        var scene = PortalScene()
        scene.ask(Self.admin)
        try scene.admit()
        let credentials = RoleCredentials.example("one", obtained: scene.now, lifetime: .seconds(lifetime))
        scene.answer(.success(.credentials(credentials)), jitter: jitter)
        let wake = try #require(scene.machine.earliestWake(at: scene.now))
        #expect(scene.now.remaining(until: wake) == .seconds(expected))
    }

    @Test("hand out the credentials that still live when their renewal fails, and none after their end")
    func degraded() throws {
        var scene = try Self.holding()
        scene.pass(.seconds(2400))
        while scene.now.remaining(until: PortalScene.start) > .seconds(-3570) {
            try scene.admit()
            scene.answer(.failure(.failing))
            scene.pass(.seconds(10))
        }
        // Too short to be handed out at once, and nothing better comes.
        let reader = scene.ask(Self.admin, wait: .seconds(5))
        try scene.admit()
        scene.answer(.failure(.failing))
        scene.pass(.seconds(5))
        #expect(scene.credentials(reader)?.accessKeyID == "one")
        scene.pass(.seconds(60))
        let late = scene.ask(Self.admin, wait: .zero)
        #expect(scene.credentials(late) == nil)
        #expect(scene.problem(late) != nil)
        #expect(scene.answeredTwice.isEmpty)
    }

    // MARK: - What the portal refuses

    @Test("get one other token after a 401, and ask for a login after the second (behaviour 21)")
    func unauthorized() throws {
        var scene = PortalScene()
        let reader = scene.ask(Self.admin)
        try scene.admit("first")
        scene.answer(.failure(.sessionOver("gone")))
        #expect(scene.admissions.map(\.rejected) == [Secret("first")])
        try scene.admit("second")
        #expect(scene.requests.map(\.token) == [Secret("second")])
        scene.answer(.failure(.sessionOver("gone")))
        #expect(scene.admissions.isEmpty)
        let problem = try #require(scene.problem(reader))
        #expect(problem.code == .loginRequired)
        #expect(problem.fix == "tokenctl login corp")
        #expect(problem.detail.contains("gone"))
    }

    @Test("go on after a 401 that another token mends, and are as patient the next time (behaviour 21)")
    func mended() throws {
        var scene = PortalScene()
        for _ in 0..<2 {
            let reader = scene.ask(.awsAccounts)
            try scene.admit("first")
            scene.answer(.failure(.sessionOver("gone")))
            try scene.admit("second")
            scene.answer(.success(.awsAccounts(Listing([]))))
            #expect(scene.problem(reader) == nil)
        }
        #expect(scene.sent == 4)
    }

    @Test("remember the rejected token over a throttled second try (behaviour 21)")
    func rejectedThenThrottled() throws {
        var scene = PortalScene()
        let reader = scene.ask(Self.admin)
        try scene.admit("first")
        scene.answer(.failure(.sessionOver("gone")))
        try scene.admit("second")
        scene.answer(.failure(.throttled()))
        scene.pass(.seconds(2))
        #expect(scene.admissions.map(\.rejected) == [Secret("first")])
        try scene.admit("second")
        scene.answer(.failure(.sessionOver("gone")))
        #expect(scene.problem(reader)?.code == .loginRequired)
    }

    @Test(
        "touch no token when the portal says no, and try nothing twice (behaviour 22)",
        arguments: [
            (PortalError.forbidden("No access"), Problem.Code.accessDenied), (.notFound("none"), .notFound),
            (.refused("bad"), .invalidRequest),
        ]
    )
    func refused(error: PortalError, code: Problem.Code) throws {
        var scene = PortalScene()
        let reader = scene.ask(Self.admin)
        try scene.admit()
        scene.answer(.failure(error))
        let problem = try #require(scene.problem(reader))
        #expect(problem.code == code)
        #expect(problem.detail.contains("role “Admin” in AWS account 012345678901"))
        #expect(scene.admissions.isEmpty)
        #expect(scene.machine.earliestWake(at: scene.now) == nil)
        if code == .accessDenied {
            #expect(problem.detail.contains("not assigned"))
            #expect(problem.fix == "tokenctl login corp")
        }
    }

    @Test("hand out what still lives when the role is taken away")
    func takenAway() throws {
        var scene = try Self.holding()
        scene.pass(.seconds(3570))
        try scene.admit()
        scene.answer(.failure(.failing))
        let reader = scene.ask(Self.admin)
        scene.pass(.seconds(2))
        try scene.admit()
        scene.answer(.failure(.forbidden("No access")))
        #expect(scene.credentials(reader)?.accessKeyID == "one")
    }

    // MARK: - Throttling

    @Test("wait for a throttled portal as long as it asks, and are answered then (behaviour 23)")
    func throttled() throws {
        var scene = PortalScene()
        let reader = scene.ask(Self.admin, wait: .seconds(30))
        try scene.admit()
        scene.answer(.failure(.throttled(.seconds(7))))
        scene.pass(.seconds(6))
        #expect(scene.admissions.isEmpty)
        #expect(scene.replies.isEmpty)
        scene.pass(.seconds(1))
        try scene.admit()
        scene.answer(.success(.credentials(.example("one", obtained: scene.now))))
        #expect(scene.credentials(reader)?.accessKeyID == "one")
    }

    @Test("answer 503 at once to who would not wait that long (behaviour 23)")
    func impatient() throws {
        var scene = PortalScene()
        let reader = scene.ask(Self.admin, wait: .seconds(5))
        try scene.admit()
        scene.answer(.failure(.throttled(.seconds(60))))
        let problem = try #require(scene.problem(reader))
        #expect(problem.code == .temporarilyUnavailable)
        #expect(problem.retryAfter == 61)
        #expect(problem.fix == nil)
        scene.pass(.seconds(20))
        let next = scene.ask(Self.admin, wait: .seconds(5))
        #expect(scene.problem(next)?.retryAfter == 41)
        #expect(scene.admissions.isEmpty)
    }

    @Test("keep the whole account back while the portal is throttled, and no other (behaviour 23)")
    func rest() throws {
        var scene = PortalScene()
        scene.ask(Self.admin, wait: .seconds(300))
        try scene.admit()
        scene.answer(.failure(.throttled(.seconds(60))))
        let reader = scene.ask(.role("Reader"), wait: .seconds(300))
        #expect(scene.admissions.isEmpty)
        scene.ask(Self.admin, of: "other")
        #expect(scene.admissions.map(\.call.key.account) == ["other"])
        scene.pass(.seconds(60))
        #expect(scene.admissions.count == 3)
        #expect(scene.replies[reader] == nil)
    }

    @Test("never have more than five requests under way, first come first served (behaviour 23)")
    func limit() throws {
        var scene = PortalScene()
        for number in 0..<50 { scene.ask(.role("\(number)"), of: number.isMultiple(of: 2) ? "corp" : "other") }
        try scene.admit()
        var order: [PortalQuestion] = []
        while !scene.requests.isEmpty {
            #expect(scene.requests.count <= 5)
            order.append(scene.requests[0].call.key.question)
            scene.answer(.success(.credentials(.example("x", obtained: scene.now))))
        }
        #expect(order == (0..<50).map { .role("\($0)") })
    }

    @Test("count requests whose answer nobody wants any more (behaviour 23)")
    func forgottenRequests() throws {
        var scene = PortalScene()
        for number in 0..<5 { scene.ask(.role("\(number)")) }
        try scene.admit()
        scene.handle(.forgotten(account: "corp"))
        try scene.admit()
        #expect(scene.requests.count == 5)
        scene.answer(.success(.credentials(.example("old", obtained: scene.now))))
        #expect(scene.requests.count == 5)
        #expect(scene.replies.isEmpty)
    }

    @Test("send none of those in line once the portal is throttled (behaviour 23)")
    func lineRests() throws {
        var scene = PortalScene()
        for number in 0..<20 { scene.ask(.role("\(number)"), wait: .seconds(300)) }
        try scene.admit()
        for _ in 0..<5 { scene.answer(.failure(.throttled(.seconds(10)))) }
        #expect(scene.requests.isEmpty)
        #expect(scene.sent == 5)
        scene.pass(.seconds(11))
        try scene.admit()
        #expect(scene.sent == 10)
    }

    @Test("back off from a failing portal, longer each time, and give the failure to who would not wait")
    func backoff() throws {
        var scene = PortalScene()
        var waits: [Duration] = []
        scene.ask(Self.admin, wait: .seconds(300))
        for _ in 0..<4 {
            try scene.admit()
            scene.answer(.failure(.failing))
            let wake = try #require(scene.machine.earliestWake(at: scene.now))
            waits.append(scene.now.remaining(until: wake))
            scene.pass(waits.last ?? .zero)
        }
        #expect(waits == [.seconds(1), .seconds(5), .seconds(15), .seconds(24)])
    }

    @Test("call garbage the issuer's error")
    func garbage() throws {
        var scene = PortalScene()
        let reader = scene.ask(Self.admin, wait: .zero)
        let late = scene.ask(Self.admin, wait: .milliseconds(500))
        try scene.admit()
        let failure = Failure(.temporary(.unknown), code: Failure.Code.notJSON, detail: "a web page")
        scene.answer(.failure(.unavailable(failure)))
        #expect(scene.problem(reader)?.code == .waitTimeout)
        #expect(scene.problem(late)?.code == .issuerError)
    }

    // MARK: - Patience

    @Test("end with the reader's patience while the request goes on")
    func timeout() throws {
        var scene = PortalScene()
        let reader = scene.ask(Self.admin, wait: .seconds(5))
        try scene.admit()
        scene.pass(.seconds(5))
        #expect(scene.problem(reader)?.code == .waitTimeout)
        scene.answer(.success(.credentials(.example("one", obtained: scene.now))))
        let next = scene.ask(Self.admin, wait: .zero)
        #expect(scene.credentials(next)?.accessKeyID == "one")
        #expect(scene.answeredTwice.isEmpty)
    }

    @Test("let nobody but him go who gives up")
    func abandoned() throws {
        var scene = PortalScene()
        let gone = scene.ask(Self.admin)
        let stays = scene.ask(Self.admin)
        scene.handle(.abandoned(gone))
        try scene.admit()
        scene.answer(.success(.credentials(.example("one", obtained: scene.now))))
        #expect(scene.replies.keys.sorted() == [stays])
    }

    @Test("pass on why there is no access token, and ask for one no longer than the most patient waits")
    func noToken() throws {
        var scene = PortalScene()
        let reader = scene.ask(Self.admin, wait: .seconds(20))
        #expect(scene.admissions.map(\.wait) == [.seconds(20)])
        let problem = Problem(.loginRequired, "nobody is logged in", account: "corp", fix: "tokenctl login corp")
        scene.refuse(problem)
        #expect(scene.problem(reader) == problem)
        #expect(scene.machine.earliestWake(at: scene.now) == nil)
    }

    @Test("try again where there is no access token for now")
    func noTokenForNow() throws {
        var scene = PortalScene()
        let patient = scene.ask(Self.admin, wait: .seconds(60))
        let impatient = scene.ask(Self.admin, wait: .seconds(5))
        scene.refuse(Problem(.temporarilyUnavailable, "the network is down", account: "corp", retryAfter: 9))
        #expect(scene.problem(impatient)?.retryAfter == 10)
        scene.pass(.seconds(9))
        #expect(scene.admissions.map(\.wait) == [.seconds(51)])
        #expect(scene.replies[patient] == nil)
    }

    // MARK: - Pages

    @Test("follow pages to the end with one request each (behaviour 25)")
    func pages() throws {
        var scene = PortalScene()
        let reader = scene.ask(.awsAccounts)
        let accounts = try (1...3).map {
            AWSAccount(id: try #require(AWSAccount.ID("00000000000\($0)")), name: nil, email: nil)
        }
        var pages: [String?] = []
        for (account, next) in zip(accounts, ["a", "b", nil]) {
            try scene.admit()
            pages += scene.requests.map(\.page)
            scene.answer(.success(.awsAccounts(Listing([account], next: next))))
        }
        #expect(pages == [nil, "a", "b"])
        guard case .success(.awsAccounts(let listing))? = scene.replies[reader] else {
            Issue.record("there is no listing")
            return
        }
        #expect(listing.items == accounts)
    }

    @Test("go on with the page at which the portal was throttled (behaviour 25)")
    func throttledPage() throws {
        var scene = PortalScene()
        scene.ask(.awsAccounts)
        try scene.admit()
        scene.answer(.success(.awsAccounts(Listing([], next: "a"))))
        try scene.admit()
        scene.answer(.failure(.throttled(.seconds(3))))
        scene.pass(.seconds(3))
        try scene.admit()
        #expect(scene.requests.map(\.page) == ["a"])
    }

    @Test("end with an error where a page points back (behaviour 25)")
    func circle() throws {
        var scene = PortalScene()
        let reader = scene.ask(.awsAccounts)
        for _ in 0..<2 {
            try scene.admit()
            scene.answer(.success(.awsAccounts(Listing([], next: "a"))))
        }
        #expect(scene.problem(reader)?.code == .issuerError)
        #expect(scene.sent == 2)
    }

    // MARK: - Ends

    @Test("forget what came by a login that has changed, and ask anew for those who wait")
    func forgotten() throws {
        var scene = try Self.holding()
        scene.ask(.role("Reader"))
        try scene.admit("old")
        let reader = 2 as UInt64
        scene.handle(.forgotten(account: "corp"))
        scene.answer(.success(.credentials(.example("old", obtained: scene.now))))
        #expect(scene.replies[reader] == nil)
        try scene.admit("new")
        scene.answer(.success(.credentials(.example("new", obtained: scene.now))))
        #expect(scene.credentials(reader)?.accessKeyID == "new")
        scene.ask(Self.admin)
        #expect(scene.admissions.count == 1)
    }

    @Test("are all answered when the daemon stops, and none is asked any more")
    func closed() throws {
        var scene = try Self.holding()
        let waiting = scene.ask(.awsAccounts)
        scene.handle(.closed)
        let late = scene.ask(Self.admin)
        #expect(scene.problem(waiting)?.code == .temporarilyUnavailable)
        #expect(scene.problem(late)?.code == .temporarilyUnavailable)
        try scene.admit()
        #expect(scene.sent == 1)
        #expect(scene.machine.earliestWake(at: scene.now) == nil)
    }

    // MARK: - Everything at once

    @Test("hold their promises whatever happens in whatever order", arguments: 0..<60)
    func randomPlay(seed: UInt64) throws {
        var luck = Luck(seed)
        var scene = PortalScene()
        var asked: Set<UInt64> = []
        for _ in 0..<300 {
            switch luck.below(9) {
            case 0...2:
                let roles = (0..<8).map { PortalQuestion.role("\($0)") } + [.awsAccounts]
                let wait = Duration.seconds(luck.below(60))
                asked.insert(scene.ask(roles[luck.below(9)], of: ["corp", "other"][luck.below(2)], wait: wait))
            case 3:
                try scene.admit("token \(luck.below(3))")
            case 4:
                scene.refuse(
                    Problem([.loginRequired, .temporarilyUnavailable, .waitTimeout][luck.below(3)], "no token")
                )
            case 5, 6:
                guard let request = scene.requests.first else { break }
                let errors = [
                    PortalError.sessionOver("x"), .forbidden("x"), .notFound("x"), .throttled(.seconds(luck.below(30))),
                    .failing,
                ]
                let good: PortalAnswer =
                    request.call.key.question == .awsAccounts
                    ? .awsAccounts(Listing([], next: ["a", "b", nil][luck.below(3)]))
                    : .credentials(.example("x", obtained: scene.now, lifetime: .seconds(60 + luck.below(900))))
                let index = luck.below(10)
                scene.answer(index < 5 ? .failure(errors[index]) : .success(good))
            case 7:
                scene.pass(.seconds(luck.below(120)))
            default:
                if luck.below(10) == 0 { scene.handle(.forgotten(account: "corp")) }
            }
            #expect(scene.requests.count <= PortalMachine.limit)
            #expect(Set(scene.requests.map(\.call.number)).count == scene.requests.count)
            if let wake = scene.machine.earliestWake(at: scene.now) {
                #expect(scene.now.remaining(until: wake) > .zero)
            }
        }
        scene.handle(.closed)
        #expect(Set(scene.replies.keys) == asked)
        #expect(scene.answeredTwice.isEmpty)
    }
}

/// Numbers that look random and are the same for the same seed (splitmix64).
private struct Luck {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
