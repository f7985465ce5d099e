import IdentityCenter
import OAuth

extension ProviderSchema {
    /// AWS IAM Identity Center, CreateToken.
    static let identityCenter = ProviderSchema(name: "aws-identity-center", keys: IdentityCenterKeys.all) {
        account,
        reading in
        IdentityCenterSettings(account, &reading).map(ProviderSettings.identityCenter)
    }
}

/// The keys of an account that a person logs in to.
private enum IdentityCenterKeys {
    static let startURL = Key(
        "start_url",
        ValueForm<String>.endpoint,
        "where people sign in, as in `https://….awsapps.com/start`"
    )
    static let session = Key(
        "sso_session",
        ValueForm<String>.text(),
        "the `sso-session` of `~/.aws/config` to take all from"
    )
    static let portalEndpoint = Key(
        "portal_endpoint",
        ValueForm<String>.endpoint,
        "the URL of the access portal in place of AWS's own"
    )

    static let all: [any DeclaredKey] = [
        startURL, AWSKeys.region, session, AWSKeys.scopes, AWSKeys.endpoint, portalEndpoint,
    ]
}

extension IdentityCenterSettings {
    /// Reads an account's table; notes what is wrong with single values and with their combination.
    fileprivate init?(_ account: Table, _ reading: inout Reading) {
        let session = Self.session(account, &reading)
        let startURL =
            session?.startURL
            ?? (account.holds(IdentityCenterKeys.session)
                ? nil : reading.requiredValue(of: IdentityCenterKeys.startURL, in: account))
        let region = Self.region(of: session, account, &reading)
        let scopes = reading.value(of: AWSKeys.scopes, in: account) ?? session?.scopes ?? []
        guard let startURL, let region,
            let oidc = reading.endpoint(.oidc, in: region, override: AWSKeys.endpoint, account),
            let portal = reading.endpoint(.portal, in: region, override: IdentityCenterKeys.portalEndpoint, account)
        else { return nil }
        self.init(
            configuration: IdentityCenterProvider.Configuration(
                startURL: startURL,
                scope: Scope(scopes),
                oidc: oidc,
                portal: portal
            )
        )
    }

    /// What `sso_session` refers to. Beside it neither start URL nor region may stand: which of them would count?
    private static func session(_ account: Table, _ reading: inout Reading) -> SSOSession? {
        guard let entry = account[IdentityCenterKeys.session.name],
            let name = reading.value(of: IdentityCenterKeys.session, in: account)
        else { return nil }
        for key in [IdentityCenterKeys.startURL.name, AWSKeys.region.name] {
            guard let other = account[key] else { continue }
            reading.fail(at: other.position, "`\(key)` comes from `sso_session`; leave one of them out")
        }
        switch reading.aws.files() {
        case .failure(let error): return reading.refuse(entry, error.message)
        case .success(let files):
            do throws(SSOSession.Incomplete) {
                return try files.ssoSession(name)
            } catch {
                return reading.refuse(entry, error.description)
            }
        }
    }

    private static func region(of session: SSOSession?, _ account: Table, _ reading: inout Reading) -> Region? {
        guard let session, let entry = account[IdentityCenterKeys.session.name] else {
            if account.holds(IdentityCenterKeys.session) { return nil }
            return reading.requiredValue(of: AWSKeys.region, in: account)
        }
        do throws(Failure) {
            return try Region(session.region)
        } catch {
            return reading.refuse(entry, "[sso-session \(session.name)] of the AWS configuration: \(error.detail)")
        }
    }
}
