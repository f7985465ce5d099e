package import OAuth

/// Fetches the tokens of other issuers that are turned into ours. Each is fetched anew and kept nowhere.
package struct Assertions: Sendable {
    /// Gives an account's token, made fresh first.
    package typealias Feeder = @Sendable (_ account: String, _ kind: TokenKind) async throws(Failure) -> Secret

    private let secrets: ClientSecrets
    private let feeder: Feeder

    /// Takes who reads files and runs commands, and who makes the tokens of other accounts fresh.
    package init(secrets: ClientSecrets, feeder: @escaping Feeder) {
        self.secrets = secrets
        self.feeder = feeder
    }

    /// Fetches one.
    ///
    /// - Throws: why there is none; what it was for has not been sent then.
    package func fetch(_ source: AssertionSource) async throws(Failure) -> Secret {
        switch source {
        case .account(let name, let kind): try await feeder(name, kind)
        case .file(let path): try await secrets.fetch(.file(path: path))
        case .command(let words): try await secrets.fetch(.command(words))
        }
    }
}
