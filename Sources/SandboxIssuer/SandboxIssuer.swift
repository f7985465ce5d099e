import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// An authorization server on loopback to try tokend with, and the issuer that tests write the script for.
///
/// It speaks plain HTTP, has one person for whom anyone may approve, and fails on request. All that it decides is
/// `IssuerMachine`'s; this is the socket, the clock and the lock around it. Who starts one stops it.
package final class SandboxIssuer: Sendable {
    /// The port it listens on.
    package let port: Int
    /// The issuer's identifier, as its metadata has it.
    package let issuerURL: String

    private let core: IssuerCore
    private let listener: any Channel

    private init(core: IssuerCore, listener: any Channel, configuration: Configuration) {
        self.core = core
        self.listener = listener
        port = configuration.port
        issuerURL = configuration.issuerURL
    }

    /// Listens on 127.0.0.1 and answers from then on.
    ///
    /// `now` gives the time since 1970, the machine's own unless a test brings another. `onRequest` is called once for
    /// each request that gets into the log, in their order for each connection, on a thread that must not be blocked.
    ///
    /// Throws `ListenError` when the port cannot be had.
    package static func start(
        _ configuration: Configuration = .init(),
        now: @escaping @Sendable () -> Duration = { .seconds(Date().timeIntervalSince1970) },
        onRequest: @escaping @Sendable (LogEntry) -> Void = { _ in }
    ) async throws -> SandboxIssuer {
        var random = SystemRandomNumberGenerator()
        let seed = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let core = IssuerCore(IssuerMachine(configuration: configuration, seed: seed), now: now, onRequest: onRequest)
        // Nobody is let in before the machine knows its own address.
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    core.track(channel)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(HTTPConnection(answer: core.answer, finish: core.finish))
                }
            }
        let listener: any Channel
        do {
            listener = try await bootstrap.bind(host: "127.0.0.1", port: configuration.port).get()
        } catch {
            throw ListenError(port: configuration.port, cause: error)
        }
        let bound = core.change { machine in
            machine.configuration.port = listener.localAddress?.port ?? configuration.port
            return machine.configuration
        }
        try await listener.setOption(.autoRead, value: true).get()
        return SandboxIssuer(core: core, listener: listener, configuration: bound)
    }

    /// Runs an issuer for the time of a call.
    package static func running<Result>(
        _ configuration: Configuration = .init(),
        now: @escaping @Sendable () -> Duration = { .seconds(Date().timeIntervalSince1970) },
        _ body: (SandboxIssuer) async throws -> Result
    ) async throws -> Result {
        let issuer = try await start(configuration, now: now)
        do {
            let result = try await body(issuer)
            await issuer.stop()
            return result
        } catch {
            await issuer.stop()
            throw error
        }
    }

    /// Stops listening and drops every connection. Clients that hang see theirs closed.
    package func stop() async {
        // A listener that is closed already is what was wanted.
        try? await listener.close()
        await core.closeAll()
    }

    /// Everything that the issuer knows, as it is now.
    package var machine: IssuerMachine { core.machine }

    /// Changes the configuration of the running issuer; its port stays.
    package func configure(_ change: (inout Configuration) -> Void) {
        core.change { machine in
            let port = machine.configuration.port
            change(&machine.configuration)
            machine.configuration.port = port
        }
    }

    /// Returns as soon as the condition holds. It is asked at once and after every request, reply and change.
    ///
    /// Throws `CancellationError` when the task is cancelled or the issuer stops before that.
    package func waitUntil(_ condition: @Sendable (IssuerMachine) -> Bool) async throws {
        try await core.waitUntil(condition)
    }
}

// MARK: Control

extension SandboxIssuer {
    /// Every request so far, the oldest first.
    package var log: [LogEntry] { machine.log }

    /// The refresh tokens that came back after their time.
    package var reuses: [Reuse] { machine.reuses }

    /// Lets the next requests to an endpoint fail, after those faults that wait there already.
    package func inject(_ fault: Fault, at endpoint: Endpoint, times: Int = 1) {
        core.change { $0.inject(fault, at: endpoint, times: times) }
    }

    /// Forgets the faults that have not struck yet.
    package func clearFaults() { core.change { $0.faults = [:] } }

    /// Approves a login, as the person at the page does.
    package func approve(userCode: String) throws(IssuerMachine.UserCodeError) {
        try decide(userCode: userCode, approve: true)
    }

    /// Denies a login.
    package func deny(userCode: String) throws(IssuerMachine.UserCodeError) {
        try decide(userCode: userCode, approve: false)
    }

    private func decide(userCode: String, approve: Bool) throws(IssuerMachine.UserCodeError) {
        try core.change { (machine) throws(IssuerMachine.UserCodeError) in
            try machine.decide(userCode: userCode, approve: approve, at: core.now())
        }
    }

    /// Changes what becomes of refresh tokens that are used from now on.
    package func setMode(_ mode: RefreshMode) { core.change { $0.configuration.refresh = mode } }

    /// Whether a refresh token would be taken now.
    package func isLive(refreshToken: String) -> Bool { machine.isLive(refreshToken: refreshToken, at: core.now()) }

    /// Ends a login from the issuer's side; all of them without a number.
    package func revoke(grant: Int? = nil) { core.change { $0.revoke(grant: grant) } }

    /// How many requests there were of an endpoint, and of a grant type where one is given.
    package func count(of endpoint: Endpoint, grantType: GrantType? = nil) -> Int {
        machine.count(of: endpoint, grantType: grantType)
    }

    /// The most token requests of one grant that were unanswered at the same time; of any grant without a number.
    package func maxInFlight(grant: Int? = nil) -> Int { machine.maxInFlight(grant: grant) }
}

/// Why an issuer could not start.
package struct ListenError: Error, CustomStringConvertible {
    package var port: Int
    package var cause: any Error

    package var description: String {
        let reason = (cause as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(cause)"
        return "cannot listen on 127.0.0.1:\(port): \(reason)"
    }
}
