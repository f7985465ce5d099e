import Daemon
import FoundationEssentials
import Glibc
import HTTPTypes
import IdentityCenter
import OAuth
import Synchronization
import Testing

/// The credentials that sign requests to AWS, from the services that hand them out, over the real transport.
@Suite("Signing credentials from a service") struct SigningCredentialsServicesTests {
    private static let expiration = "2100-01-01T00:00:00Z"
    private static let json = #"""
        {"Code":"Success","AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t","Expiration":"\#(expiration)"}
        """#
    private static let credentials = SigningCredentials(
        accessKeyID: "ASIA",
        secretAccessKey: Secret("s"),
        sessionToken: Secret("t"),
        expiresAt: .seconds(4_102_444_800)
    )

    private static func answer(_ status: String, _ body: String = "", _ fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }

    /// A service that answers each request by itself.
    private static func server(
        _ reply: @escaping @Sendable (ScriptedServer.Received) -> String
    ) throws -> ScriptedServer {
        try ScriptedServer(.read, .reply(reply))
    }

    /// What a chain that cannot give credentials says.
    private static func failure(of source: SigningCredentialsSource, in environment: [String: String]) async throws
        -> Failure?
    {
        var failure: Failure?
        try await SigningHouse.with(environment) { house in
            failure = await #expect(throws: Failure.self) { try await house.chain.fetch(source) }
        }
        return failure
    }

    // MARK: The instance

    private static func instance(_ port: UInt16) -> [String: String] {
        ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(port)"]
    }

    @Test("are those of the instance's role, by a session of IMDSv2")
    func instance() async throws {
        let server = try Self.server { request in
            switch request.path {
            case "/latest/api/token": Self.answer("200 OK", "session==")
            case "/latest/meta-data/iam/security-credentials/": Self.answer("200 OK", "my-role\n")
            case "/latest/meta-data/iam/security-credentials/my-role": Self.answer("200 OK", Self.json)
            default: Self.answer("404 Not Found")
            }
        }
        try await SigningHouse.with(Self.instance(server.port)) { house in
            for _ in 1...2 {
                let credentials = try await house.chain.fetch(.chain)
                #expect(credentials == Self.credentials)
            }
        }
        let heads = server.requests.map { $0.head.lowercased() }
        #expect(heads.count == 3, "the second time nobody is asked")
        #expect(heads[0].hasPrefix("put ") && heads[0].contains("x-aws-ec2-metadata-token-ttl-seconds: 21600"))
        #expect(heads.dropFirst().allSatisfy { $0.contains("x-aws-ec2-metadata-token: session==") })
    }

    @Test("are not asked for by the first version of the instance's service, when the second is refused")
    func instanceRefuses() async throws {
        let server = try Self.server { _ in Self.answer("403 Forbidden") }
        let failure = try await Self.failure(of: .chain, in: Self.instance(server.port))
        #expect(server.requests.count == 1)
        #expect(
            failure?.detail
                == "there are no AWS credentials in the environment, in the AWS files or in a container, and the "
                + "instance's metadata service at http://127.0.0.1:\(server.port) refuses a session of IMDSv2 with "
                + "HTTP status 403; give the instance a role, or name other credentials by aws_credentials"
        )
    }

    @Test("are missed when the instance has no role")
    func instanceWithoutRole() async throws {
        let server = try Self.server { request in
            request.head.hasPrefix("PUT") ? Self.answer("200 OK", "session") : Self.answer("404 Not Found")
        }
        let failure = try await Self.failure(of: .chain, in: Self.instance(server.port))
        #expect(failure?.detail.contains("knows no role of the instance (HTTP status 404)") == true)
        #expect(failure?.class == .temporary(.notSent))
    }

    @Test("are not waited for longer than a second where no instance's service answers")
    func instanceHangs() async throws {
        let server = try ScriptedServer(.read, .hang)
        let begin = ContinuousClock.now
        let failure = try await Self.failure(of: .chain, in: Self.instance(server.port))
        #expect(failure?.detail.contains("does not answer (timeout: ") == true, "\(failure?.detail ?? "")")
        #expect(ContinuousClock.now - begin < .seconds(10))
    }

    // MARK: The container

    @Test("are those of a container's agent, which knows us by a token that is read anew each time")
    func container() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("token", "first\n")
        let server = try Self.server { _ in
            Self.answer("200 OK", #"{"AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t"}"#)
        }
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(server.port)/v1/credentials?x=1",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "unused",
        ]
        try await SigningHouse.with(environment) { house in
            #expect(try await house.chain.fetch(.chain).sessionToken == Secret("t"))
            _ = try scratch.file("token", "second")
            #expect(try await house.chain.fetch(.chain).accessKeyID == "ASIA")
        }
        #expect(server.requests.map(\.path) == ["/v1/credentials?x=1", "/v1/credentials?x=1"])
        #expect(server.requests.map { EndpointRequest($0).head.headerFields[.authorization] } == ["first", "second"])
    }

    @Test("are asked of a container's agent three times before it counts as failed", arguments: [2, 3])
    func containerFails(times: Int) async throws {
        let server = try ScriptedServer { number in
            [
                .read,
                .write(number < times ? Self.answer("500 Internal Server Error") : Self.answer("200 OK", Self.json)),
            ]
        }
        let environment = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(server.port)/"]
        try await SigningHouse.with(environment) { house in
            if times < 3 {
                let credentials = try await house.chain.fetch(.chain)
                #expect(credentials == Self.credentials)
            } else {
                let failure = await #expect(throws: Failure.self) { try await house.chain.fetch(.chain) }
                #expect(
                    failure?.detail
                        == "the container's agent at http://127.0.0.1:\(server.port) refuses with HTTP status "
                        + "500; see whether the container has a role"
                )
            }
        }
        #expect(server.requests.count == 3)
    }

    @Test("are not asked for with a token that would become two header fields")
    func containerTokenOfTwoLines() async throws {
        let server = try Self.server { _ in Self.answer("200 OK", Self.json) }
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(server.port)/",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "canary\r\nX-Evil: 1",
        ]
        let failure = try await Self.failure(of: .chain, in: environment)
        #expect(failure?.detail.contains("an authorization token of one line") == true)
        #expect(failure?.detail.contains("canary") == false)
        #expect(server.requests.isEmpty)
    }

    // MARK: STS

    private static func sts(_ key: String) -> String {
        """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>\(key)</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>\(expiration)</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
        """
    }

    /// Checks the signature of a request as STS does.
    private static func signer(of request: ScriptedServer.Received, at now: Instant) -> Result<
        String, SigV4Verification.Refusal
    > {
        let known = [
            "SOURCE": SigningCredentials(accessKeyID: "SOURCE", secretAccessKey: Secret("secret")),
            "FIRST": SigningCredentials(
                accessKeyID: "FIRST",
                secretAccessKey: Secret("s"),
                sessionToken: Secret("t")
            ),
        ]
        let verification = SigV4Verification(region: "eu-west-1", service: "sts") { known[$0] }
        return Result { () throws(SigV4Verification.Refusal) in
            try verification.verify(EndpointRequest(request), at: now)
        }
    }

    private static let roles = """
        [profile app]
        role_arn = arn:aws:iam::001234567890:role/Second
        source_profile = base
        external_id = ex ternal+1
        duration_seconds = 900
        role_session_name = me@example.com
        [profile base]
        role_arn = arn:aws:iam::001234567890:role/First
        source_profile = keys
        [profile keys]
        aws_access_key_id = SOURCE
        aws_secret_access_key = secret

        """

    @Test("are those of a role that another role assumes, each request signed by the one before")
    func assumedRoles() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("config", Self.roles)
        let server = try Self.server { request in
            let body = String(decoding: request.body, as: UTF8.self)
            switch Self.signer(of: request, at: SystemClock().now()) {
            case .success("SOURCE") where body.contains("role%2FFirst"): return Self.answer("200 OK", Self.sts("FIRST"))
            case .success("FIRST") where body.contains("role%2FSecond"): return Self.answer("200 OK", Self.sts("ASIA"))
            default: return Self.answer("403 Forbidden")
            }
        }
        let environment = [
            "AWS_CONFIG_FILE": file, "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:\(server.port)",
        ]
        try await SigningHouse.with(environment) { house in
            let credentials = try await house.chain.fetch(.profile("app"))
            #expect(credentials == Self.credentials)
        }
        #expect(
            server.requests.map { String(decoding: $0.body, as: UTF8.self) } == [
                "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A001234567890%3Arole%2FFirst"
                    + "&RoleSessionName=tokend",
                "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A001234567890%3Arole%2FSecond"
                    + "&RoleSessionName=me%40example.com&DurationSeconds=900&ExternalId=ex+ternal%2B1",
            ]
        )
    }

    @Test("are asked of STS a second time by its own clock, when ours is wrong (behaviour 32)")
    func skew() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("config", Self.roles)
        let ahead = SystemClock().now().advanced(by: .seconds(7200))
        let server = try Self.server { request in
            switch Self.signer(of: request, at: ahead) {
            case .success: return Self.answer("200 OK", Self.sts("FIRST"))
            case .failure: return Self.answer("403 Forbidden", "", "Date: \(Self.httpDate(ahead))\r\n")
            }
        }
        let environment = [
            "AWS_CONFIG_FILE": file, "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:\(server.port)",
        ]
        try await SigningHouse.with(environment) { house in
            let credentials = try await house.chain.fetch(.profile("base"))
            #expect(credentials.accessKeyID == "FIRST")
        }
        #expect(server.requests.count == 2)
    }

    @Test("are missed in STS's words when it refuses the role")
    func refusedRole() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("config", Self.roles)
        let server = try Self.server { _ in
            Self.answer(
                "403 Forbidden",
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message></Error>"
                    + "</ErrorResponse>"
            )
        }
        let environment = [
            "AWS_CONFIG_FILE": file, "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:\(server.port)",
        ]
        let failure = try await Self.failure(of: .profile("base"), in: environment)
        #expect(
            failure?.detail
                == "STS at http://127.0.0.1:\(server.port) refuses: AccessDenied: not authorized; see whether "
                + "the role arn:aws:iam::001234567890:role/First trusts these credentials"
        )
        #expect(failure?.class == .temporary(.notSent))
        #expect(server.requests.count == 1)
    }

    @Test("are those of a role by a web identity, whose token is read anew each time and not signed")
    func webIdentity() async throws {
        let scratch = try Scratch()
        let token = try scratch.file("token", "first.jwt\n")
        let server = try Self.server { _ in
            Self.answer("200 OK", Self.sts("ASIA").replacing(Self.expiration, with: "2100-01-01T00:00:00.5Z"))
        }
        let environment = [
            "AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": "arn:aws:iam::1:role/w",
            "AWS_ROLE_SESSION_NAME": "pod",
            "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:\(server.port)",
        ]
        try await SigningHouse.with(environment) { house in
            #expect(try await house.chain.fetch(.chain) == Self.credentials)
            _ = try scratch.file("token", "second.jwt")
            #expect(try await house.chain.fetch(.chain, renewed: true) == Self.credentials)
        }
        let bodies = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
        let form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fw"
        #expect(bodies.map { $0.hasPrefix(form + "&RoleSessionName=pod&WebIdentityToken=") } == [true, true])
        #expect(bodies.map { $0.hasSuffix("first.jwt") } == [true, false])
        #expect(server.requests.allSatisfy { !$0.head.lowercased().contains("authorization:") })
    }

    @Test("are missed when the token's file is not there, before anybody is asked")
    func missingToken() async throws {
        let environment = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/w"]
        let failure = try await Self.failure(of: .chain, in: environment)
        #expect(
            failure?.detail
                == "STS at https://sts.us-east-1.amazonaws.com cannot be asked: cannot read /nowhere/token: No "
                + "such file or directory; see whether the role arn:aws:iam::1:role/w trusts the token in "
                + "/nowhere/token"
        )
    }

    /// A moment as HTTP writes it, in the form of C's `asctime` (RFC 9110 section 5.6.7).
    private static func httpDate(_ moment: Instant) -> String {
        var seconds = time_t(moment.wall.wholeSeconds)
        var parts = tm()
        var text = [CChar](repeating: 0, count: 26)
        guard gmtime_r(&seconds, &parts) != nil, asctime_r(&parts, &text) != nil else { return "" }
        return String(decoding: text.prefix(24).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension EndpointRequest {
    /// A request as it came over the wire.
    init(_ received: ScriptedServer.Received) {
        let lines = received.head.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ").map(String.init) ?? []
        var fields = HTTPFields()
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else { continue }
            fields.append(HTTPField(name: name, value: parts[1].trimmingPrefix(" ").description))
        }
        let head = HTTPRequest(
            method: words.first.flatMap { HTTPRequest.Method($0) } ?? .get,
            scheme: "http",
            authority: HTTPField.Name("Host").flatMap { fields[$0] },
            path: words.count > 1 ? words[1] : nil,
            headerFields: fields
        )
        self.init(head: head, body: received.body)
    }
}
