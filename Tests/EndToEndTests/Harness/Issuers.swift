import Foundation
import SandboxIssuer

extension SandboxIssuer.Configuration {
    /// An issuer that approves at the first poll, whose tokens live for so many seconds.
    static func quick(
        lifetime: Int = 3600,
        _ refresh: RefreshMode = .rotating(grace: .seconds(10)),
        _ change: (inout Self) -> Void = { _ in }
    ) -> Self {
        var configuration = Self()
        configuration.approval = .afterPolls(0)
        configuration.accessTokenLifetime = .seconds(lifetime)
        configuration.refresh = refresh
        change(&configuration)
        return configuration
    }
}

extension SandboxIssuer {
    /// The configuration of an account at this issuer, whose login is a person's.
    func account(_ name: String = "example", _ more: String = "") -> String {
        """
        [account.\(name)]
        issuer = "\(issuerURL)"
        client_id = "tokend"
        scopes = ["openid", "offline_access", "mail"]
        \(more)

        """
    }

    /// The configuration of an account that needs no person.
    func ownAccount(_ name: String, secret: String) -> String {
        """
        [account.\(name)]
        issuer = "\(issuerURL)"
        client_id = "service"
        client_secret = \(secret)
        flow = "client_credentials"

        """
    }

    /// How many refreshes have come in.
    var refreshes: Int { count(of: .token, grantType: .refreshToken) }

    /// Waits until so many refreshes have come in, answered or not.
    func refreshes(reach count: Int) async throws {
        try await waitUntil { $0.count(of: .token, grantType: .refreshToken) >= count }
    }

    /// Waits until so many refreshes have brought new tokens.
    func renewals(reach count: Int) async throws {
        try await waitUntil { machine in
            machine.log.count { $0.grantType == .refreshToken && $0.status == 200 } >= count
        }
    }
}

/// The number of an access token of a sandbox issuer: of two, the greater is the newer.
func serial(_ accessToken: String?) -> Int? {
    guard case .accessToken(let serial, _, _) = accessToken.flatMap(Ticket.init(credential:)) else { return nil }
    return serial
}
