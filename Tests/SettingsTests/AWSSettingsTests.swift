import IdentityCenter
import OAuth
import Settings
import Testing

@Suite("Accounts at AWS IAM Identity Center")
struct AWSSettingsTests {
    private static let application = "arn:aws:sso::123456789012:application/ssoins-1/apl-1"

    private static let files = """
        [sso-session corp]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = eu-west-1
        sso_registration_scopes = sso:account:access, codewhisperer:completions
        """

    private func settings(_ text: String) throws -> Settings {
        let files = try ProfileFile(Array(Self.files.utf8), path: "config")
        let aws = AWSContext { .success(AWSFiles(config: files, credentials: nil)) }
        return try Settings(text: text, file: "f", home: "/home/ada", aws: aws)
    }

    private func login(_ lines: String) throws -> IdentityCenterProvider.Configuration {
        let text = "[account.corp]\nprovider = \"aws-identity-center\"\n" + lines
        guard case .identityCenter(let settings) = try settings(text).accounts.first?.provider else {
            throw Failure(.misconfigured, code: "test", detail: "it is no such account")
        }
        return settings.configuration
    }

    private func application(_ lines: String) throws -> IAMProvider.Configuration {
        let text = """
            [account.idp]
            issuer = "https://idp.example"
            client_id = "abc"
            [account.app]
            provider = "aws-identity-center-iam"
            application = "\(Self.application)"
            region = "us-east-1"
            \(lines)
            """
        guard case .iam(let settings) = try settings(text).accounts.last?.provider else {
            throw Failure(.misconfigured, code: "test", detail: "it is no such account")
        }
        return settings.configuration
    }

    @Test("A start URL and a region are enough; the scope of the portal is asked for")
    func login() throws {
        let login = try login("start_url = \"https://corp.awsapps.com/start\"\nregion = \"us-east-1\"")
        #expect(login.startURL == "https://corp.awsapps.com/start")
        #expect(login.scope == Scope(["sso:account:access"]))
        #expect(login.oidc.address.origin == "https://oidc.us-east-1.amazonaws.com")
        #expect(login.portal.address.origin == "https://portal.sso.us-east-1.amazonaws.com")
    }

    @Test("An sso-session of AWS's configuration says all of it")
    func session() throws {
        let login = try login("sso_session = \"corp\"")
        #expect(login.startURL == "https://corp.awsapps.com/start")
        #expect(login.oidc.region.name == "eu-west-1")
        #expect(login.scope == Scope(["sso:account:access", "codewhisperer:completions"]))
    }

    @Test("Each flow of an application has what it needs")
    func flows() throws {
        let bearer = try application("flow = \"jwt_bearer\"\nassertion = { account = \"idp\" }")
        #expect(bearer.grant == .jwtBearer(assertion: .account(name: "idp", kind: .idToken)))
        #expect(bearer.credentials == .chain)
        let exchange = try application(
            """
            flow = "token_exchange"
            subject_token = { file = "~/token" }
            aws_credentials = { profile = "ops" }
            """
        )
        #expect(exchange.grant == .tokenExchange(subjectToken: .file(path: "/home/ada/token")))
        #expect(exchange.credentials == .profile("ops"))
        #expect(try application("flow = \"refresh_token\"").grant == .refreshToken)
    }

    @Test(
        "What cannot be is told at its place",
        arguments: [
            ("sso_session = \"crop\"", "f:3:1", "no section [sso-session crop]"),
            ("sso_session = \"corp\"\nregion = \"us-east-1\"", "f:4:1", "comes from `sso_session`"),
            ("start_url = \"https://a.example\"\nregion = \"\"", "f:4:1", "the region is empty"),
            ("start_url = \"https://a.example\"\nregion = \"US East\"", "f:4:1", "not the name of a region"),
            ("region = \"us-east-1\"", "f:1:1", "`start_url` is missing"),
            (
                "start_url = \"https://a.example\"\nregion = \"us-east-1\"\nendpoint = \"http://a.example\"", "f:5:1",
                "not https"
            ),
        ]
    )
    func errors(lines: String, position: String, text: String) {
        let error = #expect(throws: SettingsErrors.self) { try login(lines) }
        #expect(
            error?.errors.map(\.description).contains { $0.hasPrefix(position) && $0.contains(text) } == true,
            "\(error)"
        )
    }

    @Test(
        "So is what an application cannot have",
        arguments: [
            ("flow = \"jwt_bearer\"", "`assertion` is missing"),
            ("flow = \"refresh_token\"\nassertion = { file = \"/a\" }", "has no meaning for the flow `refresh_token`"),
            ("flow = \"jwt_bearer\"\nassertion = { account = \"ipd\" }", "did you mean `idp`?"),
            ("flow = \"jwt_bearer\"\nassertion = { account = \"app\" }", "in a circle: app → app"),
            (
                "flow = \"refresh_token\"\naws_credentials = { account = \"idp\", account_id = \"12\", role = \"r\" }",
                "12 digits"
            ),
        ]
    )
    func applicationErrors(lines: String, text: String) {
        let error = #expect(throws: SettingsErrors.self) { try application(lines) }
        #expect(error?.errors.map(\.description).contains { $0.contains(text) } == true, "\(error)")
    }
}
