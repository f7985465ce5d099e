import IdentityCenter
import OAuth

extension ProviderSchema {
    /// AWS IAM Identity Center, CreateTokenWithIAM.
    static let iam = ProviderSchema(name: "aws-identity-center-iam", keys: IAMKeys.all) { account, reading in
        IAMSettings(account, &reading).map(ProviderSettings.iam)
    }
}

/// The keys of an account of an application that IAM knows.
private enum IAMKeys {
    static let application = Key("application", ValueForm<String>.applicationARN, "the ARN of the application")
    static let flow = Key("flow", ValueForm<IAMProvider.Flow>.word("flow"), "how the account comes to its tokens")
    static let assertion = Key(
        "assertion",
        ValueForm<AssertionSource>.assertion(kind: .idToken),
        "where the token of a trusted issuer comes from"
    )
    static let subjectToken = Key(
        "subject_token",
        ValueForm<AssertionSource>.assertion(kind: .accessToken),
        "where the token to be exchanged comes from"
    )
    static let subjectTokenType = Key("subject_token_type", ValueForm<String>.text(), "the type of that token, a URN")
    static let requestedTokenType = Key(
        "requested_token_type",
        ValueForm<String>.tokenType([TokenTypeURN.accessToken, TokenTypeURN.refreshToken]),
        "the type of the token to get, a URN"
    )
    static let credentials = Key(
        "aws_credentials",
        ValueForm<SigningCredentialsSource>.credentials,
        "what signs the requests"
    )

    static let all: [any DeclaredKey] = [
        application, AWSKeys.region, flow, AWSKeys.scopes, assertion, subjectToken, subjectTokenType,
        requestedTokenType, credentials, AWSKeys.endpoint,
    ]
}

extension IAMSettings {
    /// Reads an account's table; notes what is wrong with single values and with their combination.
    fileprivate init?(_ account: Table, _ reading: inout Reading) {
        let application = reading.requiredValue(of: IAMKeys.application, in: account)
        let region = reading.requiredValue(of: AWSKeys.region, in: account)
        let scope = Scope(reading.value(of: AWSKeys.scopes, in: account) ?? [])
        let credentials = reading.value(of: IAMKeys.credentials, in: account) ?? .chain
        let grant = Self.grant(account, &reading)
        guard let application, let region, let grant,
            let oidc = reading.endpoint(.oidc, in: region, override: AWSKeys.endpoint, account)
        else { return nil }
        self.init(
            configuration: IAMProvider.Configuration(
                application: application,
                grant: grant,
                scope: scope,
                credentials: credentials,
                oidc: oidc
            )
        )
    }

    /// The flow with what it needs. What another flow would need is refused: it would have no effect.
    private static func grant(_ account: Table, _ reading: inout Reading) -> IAMProvider.Grant? {
        let flow = reading.requiredValue(of: IAMKeys.flow, in: account)
        let own: [any DeclaredKey]
        switch flow {
        case .jwtBearer: own = [IAMKeys.assertion]
        case .tokenExchange: own = [IAMKeys.subjectToken, IAMKeys.subjectTokenType, IAMKeys.requestedTokenType]
        case .authorizationCode, .refreshToken: own = []
        case nil: return nil
        }
        let all: [any DeclaredKey] = [
            IAMKeys.assertion, IAMKeys.subjectToken, IAMKeys.subjectTokenType, IAMKeys.requestedTokenType,
        ]
        for key in all where !own.contains(where: { $0.name == key.name }) {
            guard let entry = account[key.name], let flow else { continue }
            reading.fail(at: entry.position, "`\(key.name)` has no meaning for the flow `\(flow.rawValue)`")
        }
        switch flow {
        case .jwtBearer:
            return reading.requiredValue(of: IAMKeys.assertion, in: account).map { .jwtBearer(assertion: $0) }
        case .tokenExchange:
            let type = reading.value(of: IAMKeys.subjectTokenType, in: account)
            let requested = reading.value(of: IAMKeys.requestedTokenType, in: account)
            return reading.requiredValue(of: IAMKeys.subjectToken, in: account).map {
                .tokenExchange(
                    subjectToken: $0,
                    subjectTokenType: type ?? TokenTypeURN.accessToken,
                    requestedTokenType: requested
                )
            }
        case .authorizationCode: return .authorizationCode
        case .refreshToken: return .refreshToken
        case nil: return nil
        }
    }
}

extension ValueForm<String> {
    /// The ARN of an application of IAM Identity Center.
    fileprivate static var applicationARN: ValueForm<String> {
        text("an ARN").map { text throws(Refusal) in
            let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
            guard parts.count == 6, parts[0] == "arn", parts[2] == "sso", parts[5].hasPrefix("application/") else {
                throw Refusal(
                    "`\(text)` is not the ARN of an application, such as "
                        + "`arn:aws:sso::123456789012:application/ssoins-…/apl-…`"
                )
            }
            return text
        }
    }

    /// One of a few URNs.
    fileprivate static func tokenType(_ known: [String]) -> ValueForm<String> {
        text("a URN").map { text throws(Refusal) in
            guard known.contains(text) else { throw Refusal("`\(text)` is not one that AWS gives: " + listed(known)) }
            return text
        }
    }
}
