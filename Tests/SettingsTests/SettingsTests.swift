import OAuth
import Settings
import Testing

@Suite("Settings")
struct SettingsTests {
    /// Reads a text as the configuration of someone whose home is `/home/ada`.
    private func settings(_ text: String) throws -> Settings {
        try Settings(text: text, file: "config.toml", home: "/home/ada")
    }

    private struct Problem: Error {
        let what: String

        init(_ what: String) { self.what = what }
    }

    /// The one account of a text.
    private func account(_ lines: String) throws -> OAuthSettings {
        let accounts = try settings("[account.a]\nclient_id = \"abc\"\n" + lines).accounts
        #expect(accounts.count == 1)
        guard case .oauth(let settings) = accounts.first?.provider else {
            throw Problem("it is no account of the provider oauth")
        }
        return settings
    }

    @Test("An empty text gives the defaults of the contract")
    func defaults() throws {
        let empty = try settings("")
        #expect(empty == .empty)
        #expect(empty.refreshMargin == .seconds(1200))
        #expect(empty.minValid == .seconds(60))
        #expect(empty.assumedLifetime == .seconds(300))
        #expect(empty.logLevel == .info)
        #expect(empty.accounts.isEmpty)
        #expect(empty.warnings.isEmpty)
    }

    @Test("The example of the documentation is read in full")
    func documentedExample() throws {
        let settings = try settings(
            #"""
            [tokend]
            refresh_margin = "20m"      # renew with this much left
            min_valid = "60s"
            assumed_lifetime = "5m"
            log_level = "info"          # trace debug info notice warning error

            [account.example]                       # any OAuth 2.0 or OpenID Connect issuer
            issuer = "https://login.example.com"    # discovery
            client_id = "abc"
            client_secret = { file = "/path" }      # or { command = ["pass", "x"] }
            client_auth = "basic"
            flow = "device"
            scopes = ["openid", "offline_access"]
            audience = ["api://x"]
            ca_file = "/path"
            extra = { access_type = "offline" }
            """#
        )
        #expect(
            settings
                == Settings(
                    accounts: [
                        AccountSettings(
                            name: "example",
                            provider: .oauth(
                                OAuthSettings(
                                    configuration: OAuthProvider.Configuration(
                                        issuer: "https://login.example.com",
                                        clientID: "abc",
                                        clientSecret: .file(path: "/path"),
                                        clientAuthentication: .basic,
                                        flow: .device,
                                        scope: Scope(["openid", "offline_access"]),
                                        audience: ["api://x"],
                                        caFile: "/path"
                                    ),
                                    extra: ["access_type": "offline"]
                                )
                            )
                        )
                    ]
                )
        )
    }

    @Test("Every key reaches its place")
    func everyKey() throws {
        let settings = try settings(
            """
            tokend = { refresh_margin = "1h", min_valid = "2m", assumed_lifetime = "30s", log_level = "debug" }
            [account."ada@work"]
            provider = "oauth"
            user = "ada@example.com"
            token_endpoint = "https://a.example/token"
            device_authorization_endpoint = "https://a.example/device"
            authorization_endpoint = "https://a.example/authorize?tenant=1"
            revocation_endpoint = "http://127.0.0.1:8080/revoke"
            client_id = "abc"
            client_auth = "none"
            resource = ["https://api.example", "urn:x:y"]
            """
        )
        #expect(settings.refreshMargin == .seconds(3600))
        #expect(settings.minValid == .seconds(120))
        #expect(settings.assumedLifetime == .seconds(30))
        #expect(settings.logLevel == .debug)
        let expected = OAuthSettings(
            configuration: OAuthProvider.Configuration(
                tokenEndpoint: "https://a.example/token",
                deviceAuthorizationEndpoint: "https://a.example/device",
                revocationEndpoint: "http://127.0.0.1:8080/revoke",
                clientID: "abc",
                clientAuthentication: ClientAuthenticationMethod.none,
                resource: ["https://api.example", "urn:x:y"]
            ),
            authorizationEndpoint: "https://a.example/authorize?tenant=1"
        )
        #expect(
            settings.accounts
                == [AccountSettings(name: "ada@work", user: "ada@example.com", provider: .oauth(expected))]
        )
    }

    @Test("Accounts keep the order of the file")
    func order() throws {
        let settings = try settings(
            """
            [account.zoe]
            issuer = "https://a.example"
            client_id = "1"
            [account]
            mia = { issuer = "https://a.example", client_id = "2" }
            ben.issuer = "https://a.example"
            ben.client_id = "3"
            [account.ada]
            issuer = "https://a.example"
            client_id = "4"
            """
        )
        #expect(settings.accounts.map(\.name) == ["zoe", "mia", "ben", "ada"])
    }

    @Test(
        "A client secret comes from one of five places",
        arguments: [
            (#"{ file = "~/secret" }"#, SecretSource.file(path: "/home/ada/secret")),
            (#"{ command = ["pass", "show", ""] }"#, .command(["pass", "show", ""])),
            (#"{ env = "SECRET" }"#, .environment(name: "SECRET")),
            (#"{ credential = "client" }"#, .credential(name: "client")),
            (#""hunter2""#, .inline(Secret("hunter2"))),
        ]
    )
    func clientSecret(_ text: String, _ source: SecretSource) throws {
        let account = try account("issuer = \"https://a.example\"\nclient_secret = \(text)")
        #expect(account.configuration.clientSecret == source)
    }

    @Test("A secret in the clear is the one thing that warns, without showing it")
    func warning() throws {
        let settings = try settings(
            """
            [account.a]
            issuer = "https://a.example"
            client_id = "abc"
            client_secret = "hunter2"
            """
        )
        let warning = try #require(settings.warnings.first)
        #expect(settings.warnings.count == 1)
        #expect(warning.position == Position(line: 4, column: 1))
        #expect(warning.message.hasPrefix("`client_secret` stands in the file in the clear; better:"))
        #expect(!String(reflecting: settings).contains("hunter2"))
    }

    @Test(
        "Client credentials need a secret or the method `none`",
        arguments: [
            "client_secret = { env = \"S\" }", "client_auth = \"none\"",
        ]
    )
    func clientCredentials(_ line: String) throws {
        let account = try account("issuer = \"https://a.example\"\nflow = \"client_credentials\"\n" + line)
        #expect(account.configuration.flow == .clientCredentials)
    }

    @Test("Client credentials do without the endpoint of the device flow")
    func clientCredentialsWithoutIssuer() throws {
        let account = try account(
            """
            token_endpoint = "https://a.example/token"
            flow = "client_credentials"
            client_secret = { env = "S" }
            """
        )
        #expect(account.configuration.issuer == nil)
    }

    @Test(
        "Plain http is for this machine alone",
        arguments: ["http://localhost:1", "http://127.0.0.1/a", "http://127.9.9.9", "http://[::1]:8080"]
    )
    func loopback(_ url: String) throws {
        #expect(try account("issuer = \"\(url)\"").configuration.issuer == url)
    }

    @Test(
        "Durations have one unit",
        arguments: [("1s", 1), ("90s", 90), ("20m", 1200), ("8h", 28_800), ("2d", 172_800), ("3650d", 315_360_000)]
    )
    func duration(_ text: String, _ seconds: Int) throws {
        #expect(try settings("[tokend]\nrefresh_margin = \"\(text)\"").refreshMargin == .seconds(seconds))
    }

    @Test(
        "Account names may have the contract's 64 letters",
        arguments: ["a", "0", "A.b_c@d+e-f", String(repeating: "x", count: 64)]
    )
    func accountName(_ name: String) throws {
        let settings = try settings("[account.\"\(name)\"]\nissuer = \"https://a.example\"\nclient_id = \"1\"")
        #expect(settings.accounts.map(\.name) == [name])
    }
}
