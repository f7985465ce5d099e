package import IdentityCenter
import OAuth

/// An account of an application that IAM knows, at AWS IAM Identity Center.
package struct IAMSettings: Sendable, Hashable {
    package var configuration: IAMProvider.Configuration

    package init(configuration: IAMProvider.Configuration) {
        self.configuration = configuration
    }

    /// The accounts whose tokens or roles it needs.
    var feeders: [String] {
        var feeders: [String] = []
        switch configuration.grant {
        case .jwtBearer(.account(let name, _)), .tokenExchange(.account(let name, _), _, _): feeders.append(name)
        case .jwtBearer, .tokenExchange, .authorizationCode, .refreshToken: break
        }
        if case .role(let account, _, _) = configuration.credentials { feeders.append(account) }
        return feeders
    }
}
