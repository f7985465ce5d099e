import Daemon
import IdentityCenter
import LocalAPI
import OAuth

/// A machine with a clock of its own, and what has come out of it so far.
struct PortalScene {
    var machine = PortalMachine()
    var now = PortalScene.start
    /// What the machine has asked for and nobody has answered.
    var admissions: [(call: PortalMachine.Call, rejected: Secret?, wait: Duration)] = []
    var requests: [(call: PortalMachine.Call, page: String?, token: Secret)] = []
    var replies: [UInt64: Result<PortalAnswer, Problem>] = [:]
    /// How many requests have gone out.
    var sent = 0
    /// Readers who were answered twice.
    var answeredTwice: [UInt64] = []
    private var readers: UInt64 = 0

    static let start = Instant(wall: .seconds(1_795_404_584), boot: .seconds(1000), bootID: "one")

    mutating func handle(_ event: PortalMachine.Event, jitter: Double = 0) {
        for effect in machine.handle(event, at: now, jitter: jitter) {
            switch effect {
            case .admit(let call, let rejected, let wait): admissions.append((call, rejected, wait))
            case .ask(let call, let page, let session):
                sent += 1
                requests.append((call, page, session.token))
            case .reply(let waiter, let answer):
                if replies.updateValue(answer, forKey: waiter) != nil { answeredTwice.append(waiter) }
            }
        }
    }

    /// A reader asks; his number comes back.
    @discardableResult
    mutating func ask(_ question: PortalQuestion, of account: String = "corp", wait: Duration = .seconds(30)) -> UInt64
    {
        readers += 1
        let waiter = PortalMachine.Waiter(id: readers, deadline: now.advanced(by: wait))
        handle(.asked(waiter, PortalMachine.Key(question, of: account)))
        return readers
    }

    /// Gives every question that waits for one an access token.
    mutating func admit(_ token: String = "token") throws {
        while !admissions.isEmpty {
            let call = admissions.removeFirst().call
            handle(.admitted(call, .success(PortalSession(portal: try .example, token: Secret(token)))))
        }
    }

    /// Gives the first question that waits for one no access token.
    mutating func refuse(_ problem: Problem) {
        guard !admissions.isEmpty else { return }
        handle(.admitted(admissions.removeFirst().call, .failure(problem)))
    }

    /// Answers the request that was sent first.
    mutating func answer(_ result: Result<PortalAnswer, PortalError>, jitter: Double = 0) {
        guard !requests.isEmpty else { return }
        handle(.answered(requests.removeFirst().call, result), jitter: jitter)
    }

    /// Lets time pass, and wakes the machine if it wants to be woken by then.
    mutating func pass(_ duration: Duration) {
        let end = now.advanced(by: duration)
        while let wake = machine.earliestWake(at: now), now.remaining(until: wake) <= now.remaining(until: end),
            now.remaining(until: wake) > .zero
        {
            now = wake
            handle(.wake)
        }
        now = end
        handle(.wake)
    }

    /// What a reader was told.
    func problem(_ reader: UInt64) -> Problem? {
        guard case .failure(let problem)? = replies[reader] else { return nil }
        return problem
    }

    func credentials(_ reader: UInt64) -> RoleCredentials? {
        guard case .success(.credentials(let credentials))? = replies[reader] else { return nil }
        return credentials
    }
}

extension Portal {
    static var example: Portal {
        get throws { Portal(try Endpoint(.portal, in: Region("us-east-1"))) }
    }
}

extension PortalQuestion {
    /// A role in an AWS account whose id begins with a zero.
    static func role(_ name: String) -> PortalQuestion {
        guard let awsAccount = AWSAccount.ID("012345678901") else { return .awsAccounts }
        return .credentials(Role(name, in: awsAccount))
    }
}

extension RoleCredentials {
    static func example(_ id: String, obtained: Instant, lifetime: Duration = .seconds(3600)) -> RoleCredentials {
        RoleCredentials(
            accessKeyID: id,
            secretAccessKey: Secret("secret of \(id)"),
            sessionToken: Secret("token of \(id)"),
            expiresAt: obtained.wall + lifetime,
            obtained: obtained,
            lifetime: lifetime
        )
    }
}

extension PortalError {
    /// A throttled portal.
    static func throttled(_ retryAfter: Duration? = nil) -> PortalError {
        .unavailable(
            Failure(
                .temporary(.answered, retryAfter: retryAfter),
                code: "TooManyRequestsException",
                detail: "slow down"
            )
        )
    }

    static let failing = PortalError.unavailable(Failure(.temporary(.unknown), code: "http_500", detail: "it fails"))
}
