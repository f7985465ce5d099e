import ArgumentParser
import FoundationEssentials
import Glibc
import LocalAPI
import SandboxIssuer
import UnixSignals

/// The command line of the sandbox issuer.
@main
struct TokendSandbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokend-sandbox",
        abstract: "An authorization server on loopback to try tokend with, without an account anywhere.",
        discussion: """
            Prints its issuer URL once it listens, and one line for each request on standard error. It speaks plain \
            HTTP on 127.0.0.1, forgets everything when it ends, and grants access to nothing. What it has seen and how \
            it should fail is under /sandbox/ (GET /sandbox/log, GET /sandbox/state, POST /sandbox/faults).

            At the same address it plays AWS IAM Identity Center and STS for unmodified tools of AWS \
            (AWS_ENDPOINT_URL). The key \(AccessKey.sandbox.id) with the secret \(AccessKey.sandbox.secret) signs.
            """,
        version: "tokend-sandbox \(Release.version)"
    )

    @Option(help: "Listen on this port of 127.0.0.1; 0 takes a free one.")
    var port: UInt16 = 8484

    @Flag(help: "Approve every login by itself.")
    var autoApprove = false

    @Option(help: ArgumentHelp("Approve every login by itself after this time.", valueName: "duration"))
    var approveAfter: DurationArgument?

    @Option(help: ArgumentHelp("How long an access token lives.", valueName: "duration"))
    var lifetime = DurationArgument(seconds: 60)

    @Option(help: ArgumentHelp("What becomes of used refresh tokens."))
    var refresh = RefreshMode.Name.rotate

    @Option(help: ArgumentHelp("With rotate, how long a used refresh token is still taken.", valueName: "duration"))
    var grace = DurationArgument(seconds: 10)

    @Option(help: ArgumentHelp("How long a device code lives.", valueName: "duration"))
    var deviceCodeLifetime = DurationArgument(seconds: 300)

    @Option(help: ArgumentHelp("The least time between two polls of a device login.", valueName: "duration"))
    var interval = DurationArgument(seconds: 1)

    @Flag(help: "Make access tokens that are JSON Web Tokens.")
    var jwt = false

    @Option(help: ArgumentHelp("The URL that clients use, as behind a proxy that speaks TLS.", valueName: "url"))
    var publicURL: String?

    @Option(help: ArgumentHelp("Write the port to this file once listening.", valueName: "path"))
    var portFile: String?

    @Option(help: "The region that its AWS side plays.")
    var region = AWSConfiguration().region

    @Option(help: ArgumentHelp("How long a login at its AWS side can be refreshed.", valueName: "duration"))
    var sessionLifetime = DurationArgument(seconds: 28_800)

    @Option(
        help: ArgumentHelp(
            "A role that the person has, as 012345678901/ReadOnly, in place of the built-in ones; again for more.",
            valueName: "account/role"
        )
    )
    var awsRole: [AWSRoleArgument] = []

    @Option(help: "The most entries that a page of the AWS accounts or roles has.")
    var pageSize = 100

    @Option(
        help: ArgumentHelp(
            "A file with a P-256 public key in PEM whose JSON Web Tokens CreateTokenWithIAM takes; again for more.",
            valueName: "path"
        )
    )
    var trustedKey: [String] = []

    @Flag(help: "Print a profile for ~/.aws/config at the start; with --print-config, AWS accounts for tokend.")
    var aws = false

    @Flag(help: "Print an account for tokend's configuration, and do nothing else.")
    var printConfig = false

    func validate() throws {
        guard (1...100).contains(pageSize) else { throw ValidationError("--page-size must be between 1 and 100") }
        guard !printConfig || port != 0 || publicURL != nil else {
            throw ValidationError("--print-config needs the port that the issuer listens on")
        }
    }

    func run() async throws {
        let configuration = try issuerConfiguration()
        guard !printConfig else {
            let url = configuration.issuerURL
            print(
                aws
                    ? SandboxIssuer.awsAccountConfiguration(issuerURL: url, aws: configuration.aws)
                    : SandboxIssuer.accountConfiguration(issuerURL: url, clientID: "tokend"),
                terminator: ""
            )
            return
        }
        let end = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let issuer: SandboxIssuer
        do {
            issuer = try await SandboxIssuer.start(configuration, onRequest: { StandardError.line("\($0)") })
        } catch {
            StandardError.line("tokend-sandbox: \(error)")
            StandardError.line("run: tokend-sandbox --port 0")
            throw ExitCode(EX_UNAVAILABLE)
        }
        do {
            if let portFile { try PortFile.write(issuer.port, to: portFile) }
        } catch {
            await issuer.stop()
            StandardError.line("tokend-sandbox: cannot write the port file: \(error)")
            throw ExitCode(EX_CANTCREAT)
        }
        print(issuer.issuerURL)
        if aws {
            let profile = SandboxIssuer.awsProfile(issuerURL: issuer.issuerURL, aws: configuration.aws)
            print("\n# a profile for ~/.aws/config\n\(profile)", terminator: "")
        }
        fflush(nil)
        for await _ in end { break }
        await issuer.stop()
    }

    private func issuerConfiguration() throws -> SandboxIssuer.Configuration {
        var configuration = SandboxIssuer.Configuration()
        configuration.port = Int(port)
        configuration.publicURL = publicURL
        configuration.accessTokenLifetime = lifetime.duration
        configuration.accessTokenForm = jwt ? .jwt : .opaque
        configuration.refresh = RefreshMode(refresh, grace: grace.duration)
        configuration.deviceCodeLifetime = deviceCodeLifetime.duration
        configuration.interval = Int(interval.duration.components.seconds)
        configuration.aws.region = region
        configuration.aws.sessionLifetime = sessionLifetime.duration
        configuration.aws.pageSize = pageSize
        if !awsRole.isEmpty { configuration.aws.awsAccounts = AWSRoleArgument.awsAccounts(awsRole) }
        configuration.aws.trustedKeys = try trustedKey.map { path in
            do {
                return try String(contentsOf: URL(filePath: path), encoding: .utf8)
            } catch {
                StandardError.line("tokend-sandbox: cannot read the trusted key \(path)")
                throw ExitCode(EX_NOINPUT)
            }
        }
        if let approveAfter {
            configuration.approval = .after(approveAfter.duration)
        } else if autoApprove {
            configuration.approval = .afterPolls(0)
        }
        return configuration
    }
}

extension RefreshMode.Name: ExpressibleByArgument {}
