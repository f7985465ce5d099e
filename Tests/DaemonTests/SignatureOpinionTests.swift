import Daemon
import FoundationEssentials
import Glibc
import HTTPTypes
import IdentityCenter
import OAuth
import Testing

/// botocore, run by `third-party/botocore.sh`.
enum Botocore {
    static let requirements: Comment = "needs python3 with venv or pip, and PyPI once"

    /// Whether it can be had on this machine. In CI it must be: a missing test would be taken for a passed one.
    static let isPossible = Task {
        if environment["CI"] == "true" { return true }
        return (try? await run("install")) != nil
    }

    /// Runs the script to its end.
    ///
    /// - Returns: what it prints.
    static func run(_ arguments: String...) async throws -> String {
        let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        let script = folder.appending(path: "third-party/botocore.sh").path
        // The command gets no variables for pip; where pip is set up by them, they go before it.
        let variables = environment.filter { $0.key.hasPrefix("PIP_") || $0.key.hasSuffix("_CERT_FILE") }
        let command = CommandOutput(
            command: ["env"] + variables.map { "\($0.key)=\($0.value)" } + ["bash", script] + arguments,
            environment: environment,
            limit: 1024 * 1024,
            timeout: .seconds(150)
        )
        return String(decoding: try await command.read(), as: UTF8.self)
    }

    static let environment = ProcessInfo.processInfo.environment
}

/// What others think of our signatures, and we of theirs.
@Suite("A second opinion") struct SignatureOpinionTests {
    private static let credentials = SigningCredentials(
        accessKeyID: "ASIAEXAMPLE",
        secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        sessionToken: Secret("IQoJb3JpZ2luX2VjE/+=Ab")
    )

    /// A signed request as the script reads it.
    private struct SignedRequest: Encodable {
        var method: String
        var url: String
        var headers: [String: String]
        var body: String
        var service: String
        var region: String
        var accessKeyID: String
        var secretAccessKey: String
    }

    private static func signed(_ path: String, host: String, service: String, body: String, hasToken: Bool)
        -> SignedRequest
    {
        var credentials = credentials
        if !hasToken { credentials.sessionToken = nil }
        let head = HTTPRequest(
            method: .post,
            scheme: "https",
            authority: host,
            path: path,
            headerFields: [.contentType: "application/json;  charset=utf-8 "]
        )
        let request = SigV4(credentials: credentials, region: "eu-west-1", service: service)
            .sign(EndpointRequest(head: head, body: Array(body.utf8)), at: SystemClock().now())
        return SignedRequest(
            method: "POST",
            url: "https://\(host)\(path)",
            headers: Dictionary(request.head.headerFields.map { ($0.name.rawName, $0.value) }) { $1 },
            body: body,
            service: service,
            region: "eu-west-1",
            accessKeyID: credentials.accessKeyID,
            secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
        )
    }

    @Test(
        "of botocore's: it makes the same signatures for the same requests at this moment (behaviour 33)",
        .enabled(Botocore.requirements) { await Botocore.isPossible.value }
    )
    func botocore() async throws {
        let scratch = try Scratch()
        var requests: [SignedRequest] = []
        for path in ["/", "/token?aws_iam=t", "/a/../b%20c//d/?b=2&a=1&a=%2F"] {
            for body in ["", #"{"grantType":"refresh_token"}"#, "žluťoučký 🔑\n"] {
                for host in ["oidc.eu-west-1.amazonaws.com", "localhost:8443"] {
                    for hasToken in [false, true] {
                        requests.append(
                            Self.signed(path, host: host, service: "sso-oauth", body: body, hasToken: hasToken)
                        )
                    }
                }
            }
        }
        let text = String(decoding: try JSONEncoder().encode(requests), as: UTF8.self)
        let file = try scratch.file("requests.json", text)
        #expect(try await Botocore.run("signatures", file) == "36 compared\n")
    }

    @Test(
        "of botocore's: it still reads AWS's files as our table says",
        .enabled(Botocore.requirements) { await Botocore.isPossible.value }
    )
    func files() async throws {
        let tests = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        let table = tests.appending(path: "../IdentityCenterTests/Vectors/aws-files.json").path
        let answer = try await Botocore.run("files", table)
        #expect(answer.hasSuffix(" compared\n") && answer.count { $0 == "\n" } == 1, "\(answer)")
    }

    /// curl reads its own credentials from a file that nobody else sees.
    @Test(
        "of curl's: what it signs we accept, and with a wrong secret we do not (behaviour 33)",
        .enabled("needs curl 7.86 or newer") { await hasCurl() },
        arguments: [true, false]
    )
    func curl(isRight: Bool) async throws {
        let server = try ScriptedServer(.read, .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        let scratch = try Scratch()
        let secret = isRight ? "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" : "wrong"
        let settings = try scratch.file(
            "curlrc",
            """
            user = "ASIAEXAMPLE:\(secret)"
            header = "x-amz-security-token: IQoJb3JpZ2luX2VjE/+=Ab"
            header = "content-type: application/json"
            data = "{\\"grantType\\":\\"refresh_token\\"}"

            """
        )
        let command = [
            "curl", "--silent", "--config", settings, "--aws-sigv4", "aws:amz:us-east-1:sso-oauth",
            "http://127.0.0.1:\(server.port)/token?aws_iam=t",
        ]
        _ = try await CommandOutput(command: command, environment: Botocore.environment).read()
        let request = EndpointRequest(try #require(server.requests.first))
        let verification = SigV4Verification(region: "us-east-1", service: "sso-oauth") { id in
            id == Self.credentials.accessKeyID ? Self.credentials : nil
        }
        let now = SystemClock().now()
        if isRight {
            #expect(try verification.verify(request, at: now) == "ASIAEXAMPLE")
        } else {
            #expect(throws: SigV4Verification.Refusal.wrongSignature) { try verification.verify(request, at: now) }
        }
    }

    /// Older ones do not sign header fields.
    private static func hasCurl() async -> Bool {
        let command = CommandOutput(command: ["curl", "--version"], environment: Botocore.environment)
        guard let output = try? await command.read() else { return false }
        let version = String(decoding: output, as: UTF8.self).split(separator: " ").dropFirst().first ?? ""
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        return numbers.lexicographicallyPrecedes([7, 86]) == false
    }
}
