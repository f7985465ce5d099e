package import OAuth

/// Fetches client secrets from where the configuration says they are, each time anew: a rotated secret is picked up with
/// the next request.
package struct ClientSecrets: Sendable {
    /// No secret is longer; a larger file is some other file.
    private static let limit = 64 * 1024

    private let environment: [String: String]

    /// Takes the process's variables: secrets may be among them, and where systemd keeps credentials.
    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// Fetches one secret, without the newline that ends its file or its command's output.
    ///
    /// - Throws: a `Failure` of the class *temporary, not sent*: files and commands come back, and nothing has left this
    ///   machine.
    package func fetch(_ source: SecretSource) async throws(Failure) -> Secret {
        switch source {
        case .inline(let secret):
            return secret
        case .file(let path):
            return try secret(in: contents(of: path))
        case .command(let command):
            return try secret(in: await output(of: command))
        case .environment(let name):
            guard let text = environment[name] else {
                throw failure("the environment variable \(name) is not set in the daemon's environment")
            }
            return try secret(in: Array(text.utf8))
        case .credential(let name):
            guard let directory = environment["CREDENTIALS_DIRECTORY"] else {
                throw failure("there is no $CREDENTIALS_DIRECTORY; add LoadCredential=\(name):PATH to the unit")
            }
            return try secret(in: contents(of: directory + "/" + name))
        }
    }

    private func output(of command: [String]) async throws(Failure) -> [UInt8] {
        do throws(CommandOutput.Failed) {
            return try await CommandOutput(command: command, environment: environment).read()
        } catch {
            throw failure(error.message)
        }
    }

    private func contents(of path: String) throws(Failure) -> [UInt8] {
        do throws(SmallFile.Unreadable) {
            return try SmallFile.read(path, limit: Self.limit)
        } catch {
            throw failure(error.message)
        }
    }

    private func secret(in bytes: [UInt8]) throws(Failure) -> Secret {
        var bytes = bytes
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw failure("the client secret is empty") }
        return Secret(utf8: bytes)
    }

    private func failure(_ message: String) -> Failure {
        Failure(.temporary(.notSent), code: "client_secret", detail: message)
    }
}
