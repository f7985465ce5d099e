import HTTPTypes
import IdentityCenter
import OAuth
import Testing

/// Which place the environment and the AWS files lead to, without any I/O.
@Suite("The place of signing credentials") struct CredentialsOriginTests {
    private static func surroundings(
        _ environment: [String: String] = [:],
        config: String = "",
        credentials: String = ""
    ) throws -> AWSSurroundings {
        AWSSurroundings(
            environment: AWSEnvironment(environment),
            files: AWSFiles(
                config: try ProfileFile(Array(config.utf8), path: "config"),
                credentials: try ProfileFile(Array(credentials.utf8), path: "credentials")
            )
        )
    }

    /// A place in a few words.
    private static func summary(_ origin: CredentialsOrigin) -> String {
        switch origin {
        case .keys(let credentials): "keys \(credentials.accessKeyID)"
        case .process(let words, let profile): "process \(words) of \(profile)"
        case .role(let role, let other): "role \(role.arn) by \(summary(other))"
        case .webIdentity(let role, let file): "web identity \(role.arn) in \(file)"
        case .container(let endpoint): "container \(endpoint.address.origin)"
        case .instance(let endpoint, let isLastResort): "instance \(endpoint.origin)\(isLastResort ? " at last" : "")"
        }
    }

    private static let keys = "aws_access_key_id = FILE\naws_secret_access_key = s\n"
    private static let environmentKeys = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"]
    private static let webIdentity = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/w"]
    private static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/c"]
    private static let role = "role_arn = arn:aws:iam::1:role/r\n"

    /// What stands first decides, in botocore's order.
    private static let chain: [(String, [String: String], config: String, credentials: String, expected: String)] = [
        ("nothing", [:], "", "", "instance http://169.254.169.254 at last"),
        ("the environment before all", environmentKeys.merging(container) { $1 }, "[default]\n\(keys)", "", "keys ENV"),
        ("AWS_PROFILE does not change that", environmentKeys.merging(["AWS_PROFILE": "x"]) { $1 }, "", "", "keys ENV"),
        ("an empty variable is none", ["AWS_ACCESS_KEY_ID": ""], "[default]\n\(keys)", "", "keys FILE"),
        (
            "a role before a web identity", webIdentity, "[default]\n\(role)source_profile = a\n[profile a]\n\(keys)",
            "",
            "role arn:aws:iam::1:role/r by keys FILE"
        ),
        (
            "a web identity before keys", webIdentity, "", "[default]\n\(keys)",
            "web identity arn:aws:iam::1:role/w in /token"
        ),
        (
            "keys of the credentials file before a process", [:], "[default]\ncredential_process = p\n",
            "[default]\n\(keys)",
            "keys FILE"
        ),
        (
            "a process before keys of the configuration file", [:], "[default]\ncredential_process = p 'a b'\n\(keys)",
            "",
            "process [\"p\", \"a b\"] of default"
        ),
        (
            "a process in the credentials file", [:], "", "[default]\ncredential_process = p\n",
            "process [\"p\"] of default"
        ),
        ("a profile before the container", container, "[default]\n\(keys)", "", "keys FILE"),
        (
            "the container before the instance", container, "[default]\nregion = us-east-1\n", "",
            "container http://169.254.170.2"
        ),
        ("AWS_PROFILE", ["AWS_PROFILE": "a b"], "[profile \"a b\"]\n\(keys)", "", "keys FILE"),
        ("AWS_DEFAULT_PROFILE", ["AWS_DEFAULT_PROFILE": "x"], "", "[x]\n\(keys)", "keys FILE"),
        (
            "another metadata service", ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9911/"], "", "",
            "instance http://127.0.0.1:9911 at last"
        ),
        (
            "the metadata service by IPv6", ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"], "", "",
            "instance http://[fd00:ec2::254] at last"
        ),
        (
            "a web identity of the profile, role by variable", ["AWS_ROLE_ARN": "arn:aws:iam::1:role/env"],
            "[default]\nweb_identity_token_file = /t\n\(role)", "", "web identity arn:aws:iam::1:role/env in /t"
        ),
    ]

    @Test("is the first that is set up, in botocore's order", arguments: chain.indices)
    func order(index: Int) throws {
        let (name, environment, config, credentials, expected) = Self.chain[index]
        let surroundings = try Self.surroundings(environment, config: config, credentials: credentials)
        #expect(Self.summary(try surroundings.chain()) == expected, "\(name)")
    }

    /// A profile that is asked for by name.
    private static let profiles: [(config: String, expected: String)] = [
        ("[profile x]\n\(keys)", "keys FILE"),
        ("[profile x]\n\(role)source_profile = x\n\(keys)", "role arn:aws:iam::1:role/r by keys FILE"),
        (
            "[profile x]\n\(role)source_profile = y\n[profile y]\n\(role)source_profile = z\n[profile z]\n\(keys)",
            "role arn:aws:iam::1:role/r by role arn:aws:iam::1:role/r by keys FILE"
        ),
        (
            "[profile x]\n\(role)source_profile = y\n[profile y]\n\(role)source_profile = z\n\(keys)",
            "role arn:aws:iam::1:role/r by keys FILE"
        ),
        (
            "[profile x]\n\(role)source_profile = y\n[profile y]\ncredential_process = p\n",
            "role arn:aws:iam::1:role/r by process [\"p\"] of y"
        ),
        ("[profile x]\n\(role)credential_source = Environment\n", "role arn:aws:iam::1:role/r by keys ENV"),
        (
            "[profile x]\n\(role)credential_source = EcsContainer\n",
            "role arn:aws:iam::1:role/r by container http://169.254.170.2"
        ),
        (
            "[profile x]\n\(role)credential_source = Ec2InstanceMetadata\n",
            "role arn:aws:iam::1:role/r by instance http://169.254.169.254"
        ),
        ("[profile x]\n\(role)web_identity_token_file = /t\n", "web identity arn:aws:iam::1:role/r in /t"),
    ]

    @Test("is what a named profile says, whatever else the environment holds", arguments: profiles.indices)
    func named(index: Int) throws {
        let (config, expected) = Self.profiles[index]
        let environment = Self.environmentKeys.merging(Self.container) { $1 }.merging(Self.webIdentity) { $1 }
        let surroundings = try Self.surroundings(environment, config: config)
        #expect(Self.summary(try surroundings.profile("x")) == expected)
    }

    /// What a profile x cannot be, and a piece of the sentence about it.
    private static let unusable: [(config: String, complaint: String)] = [
        ("", "there is no AWS profile x"),
        ("[profile x]\nregion = us-east-1\n", "the AWS profile x holds no credentials"),
        ("[profile x]\naws_access_key_id = A\n", "add the other to the same file"),
        ("[profile x]\naws_access_key_id =\naws_secret_access_key = s\n", "add the other to the same file"),
        ("[profile x]\n\(role)", "needs either a source_profile or a credential_source"),
        ("[profile x]\n\(role)source_profile = y\ncredential_source = Environment\n", "needs either"),
        ("[profile x]\n\(role)source_profile = y\n", "names the source_profile y, which is not in the AWS files"),
        (
            "[profile x]\n\(role)source_profile = y\n[profile y]\nregion = a\n",
            "source_profile y of the AWS profile x holds no"
        ),
        ("[profile x]\n\(role)credential_source = Magic\n", "credential_source = Magic; it must be"),
        ("[profile x]\n\(role)credential_source = Environment\n", "but the environment of tokend has none"),
        ("[profile x]\n\(role)source_profile = x\n", "x → x; break the circle"),
        (
            "[profile x]\n\(role)source_profile = y\n[profile y]\n\(role)source_profile = z\n[profile z]\n\(role)"
                + "source_profile = x\n", "x → y → z → x; break the circle"
        ),
        (
            "[profile x]\n\(role)source_profile = x\nmfa_serial = arn:aws:iam::1:mfa/u\n\(keys)",
            "(mfa_serial), which nobody"
        ),
        ("[profile x]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n", "aws_credentials = { account = …"),
        ("[profile x]\nsso_start_url = u\nsso_role_name = r\n", "aws_credentials = { account = …"),
        ("[profile x]\nlogin_session = arn\n", "aws configure export-credentials --profile x"),
        ("[profile x]\ncredential_process = it's\n", "close its quotes"),
        ("[profile x]\nweb_identity_token_file = /t\n", "but no role for it"),
        ("[profile x]\n\(role)source_profile = y\nregion = useast1\n[profile y]\n\(keys)", "useast1"),
    ]

    @Test("is refused in a sentence that says what mends it", arguments: unusable.indices)
    func refused(index: Int) throws {
        let (config, complaint) = Self.unusable[index]
        let surroundings = try Self.surroundings(config: config)
        let failure = #expect(throws: Failure.self) { try surroundings.profile("x") }
        #expect(failure?.class == .misconfigured)
        #expect(failure?.detail.contains(complaint) == true, "\(failure?.detail ?? "")")
    }

    @Test(
        "is none where the environment contradicts itself",
        arguments: [
            (["AWS_ACCESS_KEY_ID": "A"], "AWS_SECRET_ACCESS_KEY"),
            (
                ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s", "AWS_CREDENTIAL_EXPIRATION": "soon"],
                "EXPIRATION"
            ),
            (["AWS_PROFILE": "nobody"], "there is no AWS profile nobody, which AWS_PROFILE names"),
            (["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"], "AWS_ROLE_ARN"),
            (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "v2"], "RELATIVE_URI"),
            (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/"], "FULL_URI must be an https URL"),
            (
                ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2.example.com/"],
                "FULL_URI must be an https URL"
            ),
            (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.3/"], "FULL_URI must be an https URL"),
            (
                ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2@example.com/"],
                "FULL_URI must be an https URL"
            ),
            (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://example.com"], "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
            (["AWS_EC2_METADATA_DISABLED": "TRUE"], "AWS_EC2_METADATA_DISABLED forbids"),
        ]
    )
    func contradiction(environment: [String: String], complaint: String) throws {
        let failure = #expect(throws: Failure.self) { try Self.surroundings(environment).chain() }
        #expect(failure?.detail.contains(complaint) == true, "\(failure?.detail ?? "")")
        #expect(failure?.code == Failure.Code.signingCredentials)
    }

    @Test(
        "may be an agent of a container at https, on this machine and at AWS's own addresses",
        arguments: [
            "https://example.com/c", "http://127.0.0.1:8080/c", "http://localhost/c", "http://[::1]:1/c",
            "http://169.254.170.2/c", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
        ]
    )
    func containers(uri: String) throws {
        let origin = try Self.surroundings(["AWS_CONTAINER_CREDENTIALS_FULL_URI": uri]).chain()
        guard case .container(let endpoint) = origin else { return #expect(Bool(false), "\(origin)") }
        let head = try endpoint.request(token: nil).head
        #expect("\(head.scheme ?? "")://\(head.authority ?? "")\(head.path ?? "")" == uri)
    }

    @Test("holds keys from the environment with their token and their end")
    func environment() throws {
        var environment = Self.environmentKeys
        environment["AWS_SESSION_TOKEN"] = "t"
        environment["AWS_CREDENTIAL_EXPIRATION"] = "2026-11-23T03:29:44Z"
        let expected = SigningCredentials(
            accessKeyID: "ENV",
            secretAccessKey: Secret("s"),
            sessionToken: Secret("t"),
            expiresAt: .seconds(1_795_404_584)
        )
        #expect(try Self.surroundings(environment).chain() == .keys(expected))
    }

    @Test(
        "asks STS in the region of the environment, the profile or the role's partition",
        arguments: [
            (["AWS_REGION": "eu-west-1"], "region = us-west-2", "arn:aws:iam::1:role/r", "sts.eu-west-1.amazonaws.com"),
            (["AWS_DEFAULT_REGION": "eu-west-1"], "", "arn:aws:iam::1:role/r", "sts.eu-west-1.amazonaws.com"),
            ([:], "region = us-west-2", "arn:aws:iam::1:role/r", "sts.us-west-2.amazonaws.com"),
            ([:], "", "arn:aws:iam::1:role/r", "sts.us-east-1.amazonaws.com"),
            ([:], "", "arn:aws-cn:iam::1:role/r", "sts.cn-northwest-1.amazonaws.com.cn"),
            ([:], "", "arn:aws-eusc:iam::1:role/r", "sts.eusc-de-east-1.amazonaws.eu"),
            (
                ["AWS_USE_FIPS_ENDPOINT": "true"], "region = us-west-2", "arn:aws:iam::1:role/r",
                "sts-fips.us-west-2.amazonaws.com"
            ),
            (["AWS_USE_FIPS_ENDPOINT": "true"], "", "arn:aws-us-gov:iam::1:role/r", "sts.us-gov-west-1.amazonaws.com"),
            (["AWS_USE_DUALSTACK_ENDPOINT": "true"], "", "arn:aws:iam::1:role/r", "sts.us-east-1.api.aws"),
            (["AWS_ENDPOINT_URL_STS": "https://sts.example.com"], "", "arn:aws:iam::1:role/r", "sts.example.com"),
        ]
    )
    func endpoint(environment: [String: String], line: String, arn: String, host: String) throws {
        let config = "[profile x]\nrole_arn = \(arn)\nsource_profile = y\n\(line)\n[profile y]\n\(Self.keys)"
        let origin = try Self.surroundings(environment, config: config).profile("x")
        guard case .role(let role, _) = origin else { return #expect(Bool(false), "\(origin)") }
        #expect(role.endpoint.address.authority == host)
    }
}
