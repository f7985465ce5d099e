package import LocalAPI

/// Hears of every secret that leaves the daemon: who read which.
package protocol TokenAudit: Sendable {
    /// A token, or the credentials of a role, are on their way to a reader.
    ///
    /// Called on the socket's thread, between a request and its reply: it may put a note into a queue and nothing more.
    func handedOut(_ credential: Credential, of account: String, to peer: Peer)
}

/// What a reader was given of an account, named without any secret.
package enum Credential: Sendable, Hashable {
    case token(TokenQuery.Kind)
    case role(RoleCredentialsRequest)
}

extension Credential: CustomStringConvertible {
    package var description: String {
        switch self {
        case .token(let kind): kind.rawValue
        case .role(let role): "credentials of \(role.role) in \(role.accountID)"
        }
    }
}
