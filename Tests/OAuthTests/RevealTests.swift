import FoundationEssentials
import Testing

@Suite("What reveals secrets")
struct RevealTests {
    /// The only files that may look into a `Secret`, with the reason. The paths begin in `Sources`.
    private static let allowed: [String: String] = [
        "Daemon/Answers.swift": "hands a token to the reader who asked for it",
        "Daemon/Portal/RoleCredentials+Answer.swift": "hands role credentials to the reader who asked for them",
        "IdentityCenter/CacheFile.swift": "writes the file that AWS's own tools read",
        "IdentityCenter/Portal/Portal.swift": "writes the access token into its header field",
        "IdentityCenter/OIDC/JSONBody.swift": "writes secrets into request bodies",
        "IdentityCenter/Credentials/SecretField.swift": "writes a metadata service's token into a header field",
        "IdentityCenter/Signing/SigV4.swift": "derives the signing key, and writes the session token",
        "OAuth/Login/ProofKey.swift": "hashes the verifier into its challenge",
        "OAuth/Secret.swift": "defines it",
        "OAuth/Client/ClientAuthentication.swift": "writes the client's secret into the Authorization header",
        "OAuth/Reply/ErrorReply.swift": "takes a repeated refresh token out of an issuer's description",
        "OAuth/Token/Form.swift": "writes secrets into request bodies",
        "TokenStore/Sealing/Plaintext.swift": "writes the fields that are sealed",
    ]

    /// The package's `Sources`, found from this file even where its folder is a link.
    private static func sources() throws -> URL {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 1...3 { folder.deleteLastPathComponent() }
        return folder.appending(path: "Sources")
    }

    @Test("is this list of files and no other")
    func list() throws {
        let sources = try Self.sources()
        let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
        #expect(paths.contains("OAuth/Secret.swift"), "no sources found in \(sources.path)")
        var revealing: Set<String> = []
        for path in paths {
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            if text.contains(".reveal") { revealing.insert(path) }
        }
        let added = revealing.subtracting(Self.allowed.keys).sorted()
        #expect(
            added.isEmpty,
            """
            \(added) look into a Secret. Pass the Secret on instead, or use what a listed file offers. If the plain \
            bytes are needed there and nowhere else, add the file to RevealTests.allowed with the reason.
            """
        )
        let stale = Set(Self.allowed.keys).subtracting(revealing).sorted()
        #expect(stale.isEmpty, "\(stale) no longer look into a Secret: take them off RevealTests.allowed.")
    }
}
