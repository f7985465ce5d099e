extension SandboxIssuer {
    /// How an issuer behaves. The defaults suit a person who tries it and a test that has nothing particular in mind.
    package struct Configuration: Sendable, Hashable {
        /// The port on loopback; 0 takes a free one.
        package var port = 0
        /// The address under which clients reach the issuer when that is not its own, as behind a front that speaks TLS.
        /// Without a slash at the end.
        package var publicURL: String?
        /// A path in front of all endpoints, such as `/realms/one`; moves the metadata (RFC 8414 section 3.1).
        package var path = ""
        package var clients: [Client] = [.public("tokend"), .confidential("service", secret: "secret")]

        package var accessTokenLifetime: Duration = .seconds(60)
        package var accessTokenForm: AccessTokenForm = .opaque
        package var refresh: RefreshMode = .rotating(grace: .seconds(10))
        package var reply = ReplyStyle()

        package var deviceCodeLifetime: Duration = .seconds(300)
        /// The least time between two polls of a device code, in whole seconds; a poll that comes sooner is told to slow
        /// down. `nil` says none, which means 5 (RFC 8628 section 3.2).
        package var interval: Int? = 1
        package var approval: Approval = .byHand

        package var aws = AWSConfiguration()
        /// How far the clock is off that the `Date` header shows, and that signatures are checked by.
        package var clockOffset: Duration = .zero

        package init() {}

        /// The issuer's identifier: the address in front of all endpoints (RFC 8414 section 2).
        package var issuerURL: String { (publicURL ?? "http://127.0.0.1:\(port)") + path }
    }
}

/// A client as it is registered with the issuer.
package struct Client: Sendable, Hashable {
    package var id: String
    /// `nil` for a public client.
    package var secret: String?
    /// The ways in which it may show who it is.
    package var authentication: Set<ClientAuthenticationMethod>
    package var grantTypes: Set<GrantType>

    package init(
        id: String,
        secret: String?,
        authentication: Set<ClientAuthenticationMethod>,
        grantTypes: Set<GrantType> = GrantType.oauth
    ) {
        self.id = id
        self.secret = secret
        self.authentication = authentication
        self.grantTypes = grantTypes
    }

    /// A client that keeps no secret, and so may not act on its own behalf.
    package static func `public`(_ id: String) -> Client {
        Client(id: id, secret: nil, authentication: [.none], grantTypes: [.deviceCode, .refreshToken])
    }

    /// A client with a secret, which it may send in either way of RFC 6749 section 2.3.1.
    package static func confidential(_ id: String, secret: String) -> Client {
        Client(id: id, secret: secret, authentication: [.basic, .post])
    }
}

/// How a client authenticates, by the names of RFC 8414.
package enum ClientAuthenticationMethod: String, Sendable, Hashable, CaseIterable {
    case basic = "client_secret_basic"
    case post = "client_secret_post"
    case none
}

/// What a token can be asked for with, by its name on the wire.
package enum GrantType: String, Sendable, Hashable, CaseIterable {
    case refreshToken = "refresh_token"
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
    case clientCredentials = "client_credentials"
    case authorizationCode = "authorization_code"
    case jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    case tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"

    /// Those that the issuer's OAuth side knows; the others are AWS's alone.
    package static let oauth: Set<GrantType> = [.refreshToken, .deviceCode, .clientCredentials]
}

/// What access tokens look like.
package enum AccessTokenForm: String, Sendable, Hashable, CaseIterable {
    /// A name with a serial number and a random-looking tail.
    case opaque
    /// A JSON Web Token (RFC 9068) whose `jti` is that name.
    case jwt
}

/// Who approves a device login.
package enum Approval: Sendable, Hashable {
    /// A person at the verification page, or a test.
    case byHand
    /// Nobody: it is approved once so many polls have been answered `authorization_pending`.
    case afterPolls(Int)
    /// Nobody: it is approved so long after it began.
    case after(Duration)
}

/// How a successful token reply is written; each departure from the default is one that issuers in the field make.
package struct ReplyStyle: Sendable, Hashable {
    /// How `expires_in` is written.
    package enum ExpiresIn: Sendable, Hashable {
        case number
        /// A decimal number in a string.
        case text
        case omitted
        /// This, whatever the lifetime.
        case literal(JSON)

        /// What is sent for a lifetime in seconds; `nil` for nothing.
        func json(_ lifetime: Int64) -> JSON? {
            switch self {
            case .number: .integer(lifetime)
            case .text: .string(String(lifetime))
            case .literal(let json): json
            case .omitted: nil
            }
        }
    }

    package var expiresIn: ExpiresIn = .number
    /// `nil` leaves it out.
    package var tokenType: String? = "Bearer"
    package var showsScope = true
    /// Whether a login brings a refresh token.
    package var grantsRefreshToken = true
    /// Whether a refresh that does not rotate sends the same refresh token again, or none.
    package var repeatsRefreshToken = false
    /// Whether a refresh brings a new id token, where the scope has `openid`.
    package var refreshesIDToken = true
    /// The status of the token endpoint's errors when it is not that of the RFC: some issuers send 200.
    package var errorStatus: Int?

    package init() {}
}
