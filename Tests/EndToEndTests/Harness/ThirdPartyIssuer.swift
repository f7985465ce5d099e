import Foundation
import Glibc
import Testing

/// django-oauth-toolkit, run by `third-party/django-oauth-toolkit.sh`.
final class ThirdPartyIssuer: Sendable {
    static let requirements: Comment = "needs python3 with venv or pip, openssl, and PyPI once"

    /// Whether it can be had on this machine. In CI it must be: a missing test would be taken for a passed one.
    static let isPossible = Task {
        if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
        return (try? await run("install"))?.status != 77
    }

    let url: String
    private let directory: String
    private let server: Program

    /// Runs a test with an issuer of its own, whose books are new, and a house.
    static func with(
        tokenLifetime: Int = 3,
        _ body: (ThirdPartyIssuer, House) async throws -> Void
    ) async throws {
        let installation = try await run("install")
        try #require(installation.status == 0, "\(installation)")
        try await House.with { house in
            let issuer = try await ThirdPartyIssuer(
                directory: "\(house.directory)/issuer",
                tokenLifetime: tokenLifetime
            )
            try await body(issuer, house)
            // It goes first, so that the daemon's end cannot depend on it.
            issuer.server.signal(SIGTERM)
            try await issuer.server.ended()
        }
    }

    private init(directory: String, tokenLifetime: Int) async throws {
        self.directory = directory
        server = try Self.start(["serve", directory], ["ISSUER_TOKEN_LIFETIME": String(tokenLifetime)])
        let begun = try await server.until { $0.output.hasSuffix("\n") }
        url = begun.output.trimmingCharacters(in: .newlines)
    }

    /// The configuration of an account there. The issuer's metadata names no device authorization endpoint, and that of
    /// OpenID Connect no revocation endpoint.
    func account(caFile: Bool = true) -> String {
        """
        [account.example]
        issuer = "\(url)"
        device_authorization_endpoint = "\(url)/device-authorization/"
        revocation_endpoint = "\(url)/revoke_token/"
        client_id = "tokend-tests"
        scopes = ["openid", "mail"]
        \(caFile ? "ca_file = \"\(authority)\"" : "")

        """
    }

    /// Logs in, and approves with what `tokenctl` shows.
    func logIn(at house: House, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let login = try Program(Environment.product("tokenctl"), ["login", "example"], environment: house.environment)
        let shown = try await login.until { $0.errors.contains("waiting for") }
        let instruction = try #require(
            shown.errors.firstMatch(of: /open (\S+) and enter the code (\S+)/),
            "\(shown.errors)",
            sourceLocation: sourceLocation
        )
        #expect(instruction.1 == "\(url)/device/", sourceLocation: sourceLocation)
        let person = try await Self.run("person", directory, url, String(instruction.2))
        try #require(person.status == 0, "\(person)", sourceLocation: sourceLocation)
        let outcome = try await login.ended()
        #expect(outcome.status == 0, "\(outcome)", sourceLocation: sourceLocation)
    }

    /// The requests that the issuer has logged, one line each.
    var requests: [Substring] { server.soFar.errors.split(separator: "\n").filter { $0.contains(" HTTP/1.1\" ") } }

    /// Asks the issuer's books.
    func ask(_ query: String) async throws -> String {
        let sqlite = try #require(Environment.installed("sqlite3"))
        let answer = try await Program.run(sqlite, ["-cmd", ".timeout 10000", "\(directory)/issuer.sqlite", query])
        try #require(answer.status == 0, "\(answer)")
        return answer.output.trimmingCharacters(in: .newlines)
    }

    /// Refreshes as somebody else who has got hold of a refresh token.
    ///
    /// - Returns: the issuer's answer.
    func refresh(with refreshToken: String) async throws -> String {
        try await curl(
            "token/",
            "--data",
            "grant_type=refresh_token",
            "--data",
            "client_id=tokend-tests",
            "--data-urlencode",
            "refresh_token=\(refreshToken)"
        )
    }

    /// Whether the issuer takes an access token.
    func isActive(accessToken: String) async throws -> Bool {
        try await curl("userinfo/", "--header", "Authorization: Bearer \(accessToken)").contains("\"sub\"")
    }

    private var authority: String { "\(directory)/ca.pem" }

    private func curl(_ path: String, _ arguments: String...) async throws -> String {
        let curl = try #require(Environment.installed("curl"))
        return try await Program.run(curl, ["--silent", "--cacert", authority, "\(url)/\(path)"] + arguments).output
    }

    private static func run(_ arguments: String...) async throws -> Program.Outcome {
        try await start(arguments).ended(within: .seconds(150))
    }

    /// Starts the script with the environment that pip and the cache are set up in.
    private static func start(_ arguments: [String], _ variables: [String: String] = [:]) throws -> Program {
        let script = URL(filePath: #filePath).appending(path: "../../third-party/django-oauth-toolkit.sh").standardized
        return try Program(
            "/bin/bash",
            [script.path] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(variables) { $1 }
        )
    }
}
