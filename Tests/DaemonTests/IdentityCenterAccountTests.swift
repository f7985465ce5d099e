import Daemon
import Gateways
import LocalAPI
import OAuth
import SandboxIssuer
import Testing

/// Accounts at AWS IAM Identity Center, against the sandbox, from the login to a role and to what is fed by it.
@Suite("An account at AWS IAM Identity Center") struct IdentityCenterAccountTests {
    private static func login(_ issuer: SandboxIssuer) -> String {
        """
        [account.corp]
        provider = "aws-identity-center"
        start_url = "\(issuer.issuerURL)/start"
        portal_endpoint = "\(issuer.issuerURL)"
        region = "us-east-1"
        endpoint = "\(issuer.issuerURL)"

        """
    }

    private static func configuration(_ issuer: SandboxIssuer) -> String {
        let endpoint = "region = \"us-east-1\"\nendpoint = \"\(issuer.issuerURL)\""
        return login(issuer) + """
            [account.app]
            provider = "aws-identity-center-iam"
            application = "\(Application().arn)"
            flow = "token_exchange"
            subject_token = { account = "corp" }
            aws_credentials = { account = "corp", account_id = "012345678901", role = "ReadOnly" }
            \(endpoint)
            """
    }

    private static let role = RoleCredentialsRequest(accountID: "012345678901", role: "ReadOnly")

    @Test("asks the portal once for a hundred who want the same role (behaviour 10)")
    func singleFlight() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: Self.login(issuer)) { house in
                try await house.logIn("corp")
                let keys = try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<100 {
                        group.addTask {
                            try await house.engine.roleCredentials(of: "corp", Self.role, wait: .seconds(30))
                                .accessKeyID
                        }
                    }
                    return try await group.reduce(into: Set<String>()) { $0.insert($1) }
                }
                #expect(keys.count == 1)
                #expect(issuer.count(of: .getRoleCredentials) == 1)
            }
        }
    }

    @Test("is refreshed after a restart in the name of the client that it was issued to (behaviour 15)")
    func restart() async throws {
        let directory = House.newDirectory()
        defer { House.remove(directory) }
        try await SandboxIssuer.running(.quick()) { issuer in
            let configuration = Self.configuration(issuer)
            try await House.with(configuration: configuration, directory: directory) { house in
                try await house.logIn("corp")
            }
            try await House.with(configuration: configuration, directory: directory) { house in
                _ = try await house.engine.refresh("corp")
                #expect(try await house.engine.account("corp").state == .fresh)
            }
            #expect(issuer.count(of: .registerClient) == 1)
        }
    }

    @Test("feeds another: that one names its feeder's login as the remedy, and goes on by itself once it is done")
    func feeds() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: Self.configuration(issuer)) { house in
                let problem = await house.problem("app")
                #expect(problem?.code == .loginRequired)
                #expect(problem?.fix == "tokenctl login corp")
                try await house.logIn("corp")
                let token = try await house.engine.token(of: "app", TokenQuery(wait: 30))
                #expect(token.accessToken?.isEmpty == false)
                #expect(issuer.count(of: .createTokenWithIAM) == 1)
            }
        }
    }

    @Test("is signed out of the portal by a logout (behaviour 30)")
    func logout() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: Self.configuration(issuer)) { house in
                try await house.logIn("corp")
                #expect(try await house.engine.logout("corp").revoked)
                #expect(issuer.count(of: .logout) == 1)
                let refused = await Result { () async throws(Problem) in
                    try await house.engine.roleCredentials(of: "corp", Self.role, wait: .seconds(1))
                }
                #expect(throws: Problem.self) { try refused.get() }
            }
        }
    }
}
