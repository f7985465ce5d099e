import Glibc
import HTTPTypes
import IdentityCenter
import OAuth

/// Goes to the places where signing credentials are.
struct CredentialsOrigins: Sendable {
    /// No file of AWS's is longer; a larger one is some other file.
    private static let limit = 1024 * 1024
    /// For a metadata service, which is as near as can be: where none is, nobody answers.
    private static let instancePatience = Duration.seconds(1)
    private static let containerPatience = Duration.seconds(2)
    private static let containerTries = 3
    /// For a command, which may have to ask somebody far away.
    private static let processPatience = Duration.seconds(60)

    private let exchange: Exchange
    private let variables: [String: String]
    private let environment: AWSEnvironment
    private let now: @Sendable () -> Instant

    init(exchange: Exchange, environment: [String: String], now: @escaping @Sendable () -> Instant) {
        self.exchange = exchange
        variables = environment
        self.environment = AWSEnvironment(environment)
        self.now = now
    }

    /// Finds the place for a source, by what the AWS files say at this moment, and fetches its credentials.
    ///
    /// - Returns: the credentials, or a failure whose outcome is *not sent*.
    @concurrent
    func fetch(_ source: SigningCredentialsSource) async -> Result<SigningCredentials, Failure> {
        do throws(Failure) {
            return .success(try await credentials(from: origin(for: source)))
        } catch {
            return .failure(error)
        }
    }

    private func origin(for source: SigningCredentialsSource) throws(Failure) -> CredentialsOrigin {
        let surroundings = AWSSurroundings(
            environment: environment,
            files: AWSFiles(
                config: try file(environment.configFile),
                credentials: try file(environment.credentialsFile)
            )
        )
        switch source {
        case .chain: return try surroundings.chain()
        case .profile(let name): return try surroundings.profile(name)
        case .role(let account, _, _):
            throw .noCredentials("the account \(account) has to be asked for its roles")
        }
    }

    /// Reads one of AWS's files; `nil` when it is not there.
    private func file(_ path: String) throws(Failure) -> ProfileFile? {
        guard access(path, F_OK) == 0 else { return nil }
        let bytes: [UInt8]
        do throws(SmallFile.Unreadable) {
            bytes = try SmallFile.read(path, limit: Self.limit)
        } catch {
            throw .noCredentials(error.message)
        }
        do throws(ProfileFile.Unreadable) {
            return try ProfileFile(bytes, path: path)
        } catch {
            throw .noCredentials(error.description)
        }
    }

    private func credentials(from origin: CredentialsOrigin) async throws(Failure) -> SigningCredentials {
        switch origin {
        case .keys(let credentials):
            return credentials
        case .process(let command, profile: _):
            return try await named(origin) { () throws(NoCredentials) in try await output(of: command) }
        case .role(let role, by: let other):
            let credentials = try await credentials(from: other)
            return try await named(origin) { () throws(NoCredentials) in try await assume(role, with: credentials) }
        case .webIdentity(let role, tokenFile: let file):
            return try await named(origin) { () throws(NoCredentials) in try await assume(role, with: token(in: file)) }
        case .container(let endpoint):
            return try await named(origin) { () throws(NoCredentials) in try await ask(endpoint) }
        case .instance(let endpoint, isLastResort: _):
            return try await named(origin) { () throws(NoCredentials) in try await ask(endpoint) }
        }
    }

    /// Puts the name of the place before what went wrong there.
    private func named(
        _ origin: CredentialsOrigin,
        _ fetch: () async throws(NoCredentials) -> SigningCredentials
    ) async throws(Failure) -> SigningCredentials {
        do throws(NoCredentials) {
            return try await fetch()
        } catch {
            throw origin.failure(error)
        }
    }
}

// What each place wants.

extension CredentialsOrigins {
    private func output(of command: [String]) async throws(NoCredentials) -> SigningCredentials {
        let process = CommandOutput(command: command, environment: variables, timeout: Self.processPatience)
        let bytes: [UInt8]
        do throws(CommandOutput.Failed) {
            bytes = try await process.read()
        } catch {
            throw NoCredentials("gives no credentials: \(error.message)")
        }
        return try SigningCredentials(processOutput: bytes, at: now())
    }

    /// Assumes a role; a second time by AWS's clock, if ours is wrong.
    private func assume(
        _ role: AssumedRole,
        with credentials: SigningCredentials
    ) async throws(NoCredentials) -> SigningCredentials {
        let reply = try await send(role.request(signedWith: credentials, at: now()))
        guard reply.head.status != .ok, let offset = reply.clockOffset else {
            return try SigningCredentials(sts: reply)
        }
        let corrected = role.request(signedWith: credentials, at: now().advanced(by: offset))
        return try SigningCredentials(sts: await send(corrected))
    }

    private func assume(_ role: AssumedRole, with token: Secret) async throws(NoCredentials) -> SigningCredentials {
        try SigningCredentials(sts: await send(role.request(webIdentity: token)))
    }

    private func ask(_ endpoint: ContainerEndpoint) async throws(NoCredentials) -> SigningCredentials {
        var last = NoCredentials("was not asked")
        for _ in 0..<Self.containerTries {
            do throws(NoCredentials) {
                let request = try endpoint.request(token: try authorization(for: endpoint))
                return try SigningCredentials(metadata: await send(request, within: Self.containerPatience))
            } catch {
                last = error
            }
        }
        throw last
    }

    private func ask(_ endpoint: InstanceEndpoint) async throws(NoCredentials) -> SigningCredentials {
        func answer(_ request: EndpointRequest) async throws(NoCredentials) -> EndpointReply {
            try await send(request, within: Self.instancePatience)
        }
        let session = try endpoint.readSession(await answer(endpoint.sessionRequest))
        let role = try endpoint.readRole(await answer(endpoint.roleRequest(session: session)))
        return try SigningCredentials(metadata: await answer(endpoint.credentialsRequest(role: role, session: session)))
    }

    private func authorization(for endpoint: ContainerEndpoint) throws(NoCredentials) -> Secret? {
        switch endpoint.token {
        case .value(let secret): secret
        case .file(let path): try token(in: path)
        case nil: nil
        }
    }

    /// Reads a token from a file, without the newline that may end it.
    private func token(in path: String) throws(NoCredentials) -> Secret {
        do throws(SmallFile.Unreadable) {
            var bytes = try SmallFile.read(path, limit: Self.limit)
            while let last = bytes.last, [UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(last) { bytes.removeLast() }
            return Secret(utf8: bytes)
        } catch {
            throw NoCredentials("cannot be asked: \(error.message)")
        }
    }

    private func send(
        _ request: EndpointRequest,
        within timeout: Duration = .seconds(30)
    ) async throws(NoCredentials) -> EndpointReply {
        do throws(Failure) {
            return try await exchange.post(request, within: timeout)
        } catch {
            throw NoCredentials("does not answer (\(error.code): \(error.detail))")
        }
    }
}
