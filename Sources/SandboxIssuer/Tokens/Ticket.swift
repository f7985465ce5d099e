/// What a credential of the issuer stands for. Its name is the part that a log may show: the secret comes behind it.
package enum Ticket: Sendable, Hashable {
    case deviceCode(grant: Int)
    case authorizationCode(grant: Int)
    /// Generations of a grant's refresh token count from 1; each rotation makes the next.
    case refreshToken(grant: Int, generation: Int)
    /// Serial numbers count from 1 over all grants, so that of two access tokens it is plain which is newer. `expiry` is
    /// in seconds since 1970.
    case accessToken(serial: Int, grant: Int, expiry: Int64)

    /// `dc-1`, `ac-1`, `rt-1.3`, `at-17.1.1795411980`.
    package var name: String {
        switch self {
        case .deviceCode(let grant): "dc-\(grant)"
        case .authorizationCode(let grant): "ac-\(grant)"
        case .refreshToken(let grant, let generation): "rt-\(grant).\(generation)"
        case .accessToken(let serial, let grant, let expiry): "at-\(serial).\(grant).\(expiry)"
        }
    }

    package init?(name: some StringProtocol) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let numbers = parts[1].split(separator: ".", omittingEmptySubsequences: false).compactMap { Int($0) }
        switch (parts[0], numbers.count) {
        case ("dc", 1): self = .deviceCode(grant: numbers[0])
        case ("ac", 1): self = .authorizationCode(grant: numbers[0])
        case ("rt", 2): self = .refreshToken(grant: numbers[0], generation: numbers[1])
        case ("at", 3): self = .accessToken(serial: numbers[0], grant: numbers[1], expiry: Int64(numbers[2]))
        default: return nil
        }
    }

    /// Reads the name in front of a credential, without asking whether the credential is genuine.
    package init?(credential text: String) {
        let parts = text.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        self.init(name: "\(parts[0])-\(parts[1])")
    }

    /// The grant it belongs to.
    package var grant: Int {
        switch self {
        case .deviceCode(let grant), .authorizationCode(let grant), .refreshToken(let grant, _),
            .accessToken(_, let grant, _):
            grant
        }
    }
}
