import IdentityCenter
import LocalAPI
package import OAuth
package import Transport

/// What the engine asks of the world outside, made together because some of it asks the engine in turn.
package struct Outside: Sendable {
    package let issuers: IssuerClient
    package let portal: AccessPortal
    /// To be connected to the engine that gets the others.
    package let link: EngineLink

    /// How long a role may be waited for that signs the request of another account.
    private static let roleWait = Duration.seconds(30)

    /// Takes the way to issuers, the process's variables and the clock.
    package init(
        transport: Transport,
        environment: [String: String],
        now: @escaping @Sendable () -> Instant
    ) {
        let exchange = Exchange(transport: transport, now: now)
        let link = EngineLink()
        let portal = AccessPortal(
            request: PortalClient(exchange: exchange).ask,
            admission: { account, rejected, wait throws(Problem) in
                let engine = try link.engineForReaders(of: account)
                return try await engine.portalSession(of: account, rejected: rejected, wait: wait)
            },
            now: now
        )
        issuers = IssuerClient(
            exchange: exchange,
            environment: environment,
            now: now,
            feeder: { account, kind throws(Failure) in try await link.engine().feed(from: account, kind) },
            roles: { account, accountID, role throws(Failure) in
                guard let awsAccount = AWSAccount.ID(accountID) else {
                    throw Failure(.misconfigured, code: "invalid_request", detail: "account_id is not 12 digits")
                }
                do throws(Problem) {
                    return try await portal.credentials(
                        of: Role(role, in: awsAccount),
                        for: account,
                        wait: Self.roleWait
                    ).signing
                } catch {
                    throw Failure(error, of: account)
                }
            }
        )
        self.portal = portal
        self.link = link
    }
}
