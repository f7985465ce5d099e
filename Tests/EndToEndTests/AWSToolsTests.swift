import Foundation
import Testing

/// The sandbox issuer's AWS side against botocore and the AWS CLI: it is no proof of anything to please ourselves.
@Suite(
    "AWS's own tools",
    .enabled("needs python3 with venv or pip, and PyPI once") { await AWSTools.areAvailable.value },
    .timeLimit(.minutes(3))
)
struct AWSToolsTests {
    @Test("take the sandbox issuer for Identity Center and STS")
    func sandbox() async throws {
        let installation = try await AWSTools.run("install")
        try #require(installation.status == 0, "\(installation)")
        try await House.with { house in
            let issuer = try Program(
                Environment.product("tokend-sandbox"),
                ["--port", "0", "--lifetime", "1h", "--interval", "0s"]
            )
            let begun = try await issuer.until { $0.output.hasSuffix("\n") }
            let url = begun.output.trimmingCharacters(in: .newlines)
            let check = try await AWSTools.run("check", "\(house.directory)/aws", url)
            #expect(check.status == 0, "\(check)")
            let parts = ["device code", "authorization code", "CreateTokenWithIAM", "portal", "STS", "AWS CLI"]
            #expect(check.output == parts.joined(separator: "\n") + "\n", "\(check)")
            issuer.signal(SIGTERM)
            try await issuer.ended()
        }
    }
}
