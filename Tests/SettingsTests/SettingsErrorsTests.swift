import OAuth
import Settings
import Testing

/// A configuration and everything that is said about it, line by line.
struct Faulty: Sendable, CustomTestStringConvertible {
    var text: String
    var errors: [String]

    init(_ text: String, _ errors: String...) {
        self.text = text
        self.errors = errors
    }

    /// An account that lacks nothing, with further lines from line 4 on.
    static func account(_ lines: String, _ errors: String...) -> Faulty {
        var faulty = Faulty("[account.a]\nissuer = \"https://a.example\"\nclient_id = \"abc\"\n" + lines)
        faulty.errors = errors
        return faulty
    }

    var testDescription: String { text }
}

@Suite("Errors in the configuration")
struct SettingsErrorsTests {
    private func expect(_ faulty: Faulty) {
        let error = #expect(throws: SettingsErrors.self) {
            try Settings(text: faulty.text, file: "f", home: nil)
        }
        #expect(error?.errors.map(\.description) == faulty.errors)
    }

    @Test(
        "An unknown key is told with its place and the nearest known key",
        arguments: [
            Faulty("[acount.x]", "f:1:2: unknown table [acount]; did you mean `account`?"),
            Faulty(
                "min_valid = \"60s\"",
                "f:1:1: unknown key `min_valid` outside of a table; known are `tokend` and `account`"
            ),
            Faulty("[gateway.credentials]", "f:1:2: unknown table [gateway]; known are `tokend` and `account`"),
            Faulty("[consumer.git]\na = 1", "f:1:2: unknown table [consumer]; known are `tokend` and `account`"),
            Faulty(
                "\n  [tokend]\n\trefesh_margin = 1",
                "f:3:2: unknown key `refesh_margin` in [tokend]; did you mean `refresh_margin`?"
            ),
            Faulty(
                "[tokend]\nverbose = true",
                "f:2:1: unknown key `verbose` in [tokend];"
                    + " known are `refresh_margin`, `min_valid`, `assumed_lifetime` and `log_level`"
            ),
            Faulty("tokend.lgo_level = 1", "f:1:8: unknown key `lgo_level` in [tokend]; did you mean `log_level`?"),
            .account("isuer = 1", "f:4:1: unknown key `isuer` in [account.a]; did you mean `issuer`?"),
            .account("'clientid' = 1", "f:4:1: unknown key `clientid` in [account.a]; did you mean `client_id`?"),
            .account("Scopes = 1", "f:4:1: unknown key `Scopes` in [account.a]; did you mean `scopes`?"),
            .account("usre = 1", "f:4:1: unknown key `usre` in [account.a]; did you mean `user`?"),
            .account("[account.a.exrta]", "f:4:12: unknown key `exrta` in [account.a]; did you mean `extra`?"),
            .account(
                "client_secret = { fil = \"/x\" }",
                "f:4:19: unknown key `fil` in [client_secret]; did you mean `file`?"
            ),
        ]
    )
    func unknownKey(_ faulty: Faulty) { expect(faulty) }

    @Test(
        "A value of the wrong type is told with both types",
        arguments: [
            Faulty("tokend = 1", "f:1:1: `tokend`: expected a table, found an integer"),
            Faulty("account = []", "f:1:1: `account`: expected a table, found an array"),
            Faulty("[[account.a]]", "f:1:11: `a`: expected a table, found an array"),
            Faulty("[account]\na = true", "f:2:1: `a`: expected a table, found a boolean"),
            Faulty(
                "[tokend]\nmin_valid = 20",
                "f:2:1: `min_valid`: expected a duration in quotes, such as \"20m\", found an integer"
            ),
            Faulty("[tokend]\nlog_level = 1979-05-27", "f:2:1: `log_level`: expected a string, found a date"),
            .account("user = 1.5", "f:4:1: `user`: expected a string, found a floating-point number"),
            .account("flow = 07:32:00", "f:4:1: `flow`: expected a string, found a time"),
            .account("flow = 1979-05-27 07:32:00", "f:4:1: `flow`: expected a string, found a date-time"),
            .account("token_endpoint = []", "f:4:1: `token_endpoint`: expected a URL, found an array"),
            .account("scopes = \"openid\"", "f:4:1: `scopes`: expected an array of strings, found a string"),
            .account("audience = [\"a\", 1]", "f:4:1: `audience`: expected a string, found an integer"),
            .account("ca_file = {}", "f:4:1: `ca_file`: expected a path, found a table"),
            .account("extra = [1]", "f:4:1: `extra`: expected a table, found an array"),
            .account("extra = { a = 1 }", "f:4:11: `a`: expected a string, found an integer"),
            .account(
                "client_secret = 1",
                "f:4:1: `client_secret`: expected a table such as { file = \"/path\" }, found an integer"
            ),
            .account(
                "client_secret.command = \"x\"",
                "f:4:15: `command`: expected an array of strings, found a string"
            ),
        ]
    )
    func wrongType(_ faulty: Faulty) { expect(faulty) }

    @Test(
        "A duration that is none is told with what is wrong about it",
        arguments: [
            ("", "`` does not begin with a whole number; a duration is written as `30s`, `20m`, `8h` or `2d`"),
            ("m", "`m` does not begin with a whole number; a duration is written as `30s`, `20m`, `8h` or `2d`"),
            ("-5m", "`-5m` does not begin with a whole number; a duration is written as `30s`, `20m`, `8h` or `2d`"),
            ("٣m", "`٣m` does not begin with a whole number; a duration is written as `30s`, `20m`, `8h` or `2d`"),
            ("20", "`20` has no unit; a duration is written as `30s`, `20m`, `8h` or `2d`"),
            ("20 m", "` m` in `20 m` is not a unit; a duration is written as `30s`, `20m`, `8h` or `2d`"),
            ("1.5h", "`.5h` in `1.5h` is not a unit; a duration is written as `30s`, `20m`, `8h` or `2d`"),
            ("1h30m", "`h30m` in `1h30m` is not a unit; a duration is written as `30s`, `20m`, `8h` or `2d`"),
            ("20M", "`M` in `20M` is not a unit; a duration is written as `30s`, `20m`, `8h` or `2d`"),
            ("0s", "`0s` is no time at all; give at least `1s`"),
            ("3651d", "`3651d` is too long; give at most `3650d`"),
            ("99999999999999999999999s", "`99999999999999999999999s` is too long; give at most `3650d`"),
        ]
    )
    func duration(_ text: String, _ reason: String) {
        expect(Faulty("[tokend]\nmin_valid = \"\(text)\"", "f:2:1: `min_valid`: \(reason)"))
    }

    @Test(
        "A word that is not in the list is told with the list",
        arguments: [
            Faulty(
                "[tokend]\nlog_level = \"inof\"",
                "f:2:1: `log_level`: `inof` is not a log level; did you mean `info`?"
            ),
            .account(
                "flow = \"browser\"",
                "f:4:1: `flow`: `browser` is not a flow; known are `device` and `client_credentials`"
            ),
            .account(
                "client_auth = \"private_key_jwt\"",
                "f:4:1: `client_auth`: `private_key_jwt` is not a method of client authentication;"
                    + " known are `basic`, `post` and `none`"
            ),
            .account(
                "provider = \"aws-identity-centre\"",
                "f:4:1: `provider`: `aws-identity-centre` is not a provider; did you mean `aws-identity-center`?"
            ),
        ]
    )
    func unknownWord(_ faulty: Faulty) { expect(faulty) }

    @Test(
        "A value that would not work is refused",
        arguments: [
            .account("token_endpoint = \"\"", "f:4:1: `token_endpoint`: expected a URL, found an empty one"),
            .account(
                "scopes = [\"openid profile\"]",
                "f:4:1: `scopes`: `openid profile` holds a space; write each scope as its own string"
            ),
            .account("scopes = ['a\"b']", "f:4:1: `scopes`: `a\"b` holds a letter that no scope may hold"),
            .account(
                "scopes = [\"é\", \"\"]",
                "f:4:1: `scopes`: `é` holds a letter that no scope may hold",
                "f:4:1: `scopes`: expected a scope, found an empty one"
            ),
            .account(
                "resource = [\"api\"]",
                "f:4:1: `resource`: `api` is not an absolute URI without a fragment, such as `https://api.example.com`"
            ),
            .account(
                "resource = [\"https://a#b\"]",
                "f:4:1: `resource`: `https://a#b` is not an absolute URI without a fragment, such as `https://api.example.com`"
            ),
            .account(
                "ca_file = \"ca.pem\"",
                "f:4:1: `ca_file`: a path begins with `/`, or with `~/` for the home directory"
            ),
            .account(
                "ca_file = \"~ada/ca.pem\"",
                "f:4:1: `ca_file`: a path begins with `/`, or with `~/` for the home directory"
            ),
            .account("ca_file = \"~/ca.pem\"", "f:4:1: `ca_file`: `~` has no meaning because HOME is not set"),
            .account("extra = { state = \"1\" }", "f:4:11: `state`: tokend sets this parameter itself"),
            .account(
                "client_secret = \"\"",
                "f:4:1: `client_secret`: the secret is empty; leave it out if the client has none"
            ),
            .account(
                "client_secret = {}",
                "f:4:1: `client_secret`: give one of `file`, `command`, `env` and `credential`, and no more"
            ),
            .account(
                "client_secret = { file = \"/x\", env = \"X\" }",
                "f:4:1: `client_secret`: give one of `file`, `command`, `env` and `credential`, and no more"
            ),
            .account("client_secret = { command = [] }", "f:4:19: `command`: the command names no program"),
            .account(
                "client_secret = { env = \"A=B\" }",
                "f:4:19: `env`: the name of an environment variable has no `=`"
            ),
            .account(
                "client_secret = { credential = \"../x\" }",
                "f:4:19: `credential`: the name of a systemd credential is a file's name without a directory"
            ),
        ] as [Faulty]
    )
    func unusableValue(_ faulty: Faulty) { expect(faulty) }

    @Test(
        "Every address is held to the rule of those that requests are sent to",
        arguments: [
            "token_endpoint", "device_authorization_endpoint", "authorization_endpoint", "revocation_endpoint",
        ],
        [
            "login.example.com", "http://a.example", "https://a.example/#x", "https://ada@a.example", "ftp://localhost",
            "https:///x",
        ]
    )
    func address(_ key: String, _ url: String) throws {
        let failure = try #require(#expect(throws: Failure.self) { try EndpointAddress(url) })
        expect(.account("\(key) = \"\(url)\"", "f:4:1: `\(key)`: \(failure.detail)"))
    }

    @Test(
        "An issuer is held to the rule of issuers",
        arguments: ["http://a.example", "https://a.example?x=1", "https://a.example#x"]
    )
    func issuer(_ url: String) throws {
        let failure = try #require(#expect(throws: Failure.self) { try Issuer(url) })
        expect(Faulty("[account.a]\nclient_id = \"1\"\nissuer = \"\(url)\"", "f:3:1: `issuer`: \(failure.detail)"))
    }

    @Test(
        "An account that lacks something is told at its header",
        arguments: [
            Faulty(
                "[account.a]",
                "f:1:10: `client_id` is missing in [account.a]: the name by which the issuer knows this client",
                "f:1:10: `issuer` is missing in [account.a]: the issuer's URL, where its metadata is found; or give `token_endpoint`"
            ),
            Faulty(
                "[account.a]\nclient_id = 1\nissuer = 2",
                "f:2:1: `client_id`: expected a string, found an integer",
                "f:3:1: `issuer`: expected a URL, found an integer"
            ),
            Faulty(
                "[account.a]\nclient_id = \"1\"\ntoken_endpoint = \"https://a.example/token\"",
                "f:3:1: the flow `device` needs `device_authorization_endpoint` in [account.a], or `issuer`"
            ),
            .account(
                "flow = \"client_credentials\"",
                "f:4:1: `flow`: `client_credentials` needs a `client_secret`, or `client_auth` = `none`"
            ),
            .account("client_auth = \"post\"", "f:4:1: `client_auth`: `post` needs a `client_secret`"),
        ]
    )
    func missing(_ faulty: Faulty) { expect(faulty) }

    @Test(
        "A name that no account may have is refused",
        arguments: ["", "-a", ".a", "a b", "é", "a/b", String(repeating: "x", count: 65)]
    )
    func accountName(_ name: String) {
        expect(
            Faulty(
                "[account.\"\(name)\"]",
                "f:1:10: `\(name)` is not an account name: 1 to 64 letters, digits and `._@+-`, first a letter or digit"
            )
        )
    }

    @Test(
        "A text that is not TOML is told where it breaks",
        arguments: [
            Faulty("[tokend]\nlog_level = ", "f:2:13: syntax error: expected a value"),
            Faulty(
                "[tokend]\nlog_level = info",
                "f:2:13: syntax error: neither a number, a date nor `true` or `false`; a string stands in quotes"
            ),
            Faulty(
                "[tokend]\nlog_level = debug",
                "f:2:13: syntax error: neither a number, a date nor `true` or `false`; a string stands in quotes"
            ),
            Faulty("[tokend]\nlog_level = \"info", "f:2:13: syntax error: a string that does not end"),
            Faulty("[tokend]\nlog_level = 'info\n'", "f:2:13: syntax error: a string that does not end on its line"),
            Faulty(
                "a = t0psecret",
                "f:1:5: syntax error: neither a number, a date nor `true` or `false`; a string stands in quotes"
            ),
            Faulty(
                "a = 07:32",
                "f:1:5: syntax error: neither a number, a date nor `true` or `false`; a string stands in quotes"
            ),
            Faulty("a = 12x", "f:1:7: syntax error: decimal integer: expected digit, saw 'x'"),
            Faulty("log_level \"info\"", "f:1:11: syntax error: expected `=` after the key"),
            Faulty("log_level = \"info\" min_valid = 1", "f:1:20: syntax error: expected the end of the line"),
            Faulty("a = 1\r", "f:1:6: syntax error: expected the end of the line"),
            Faulty("[=]", "f:1:2: syntax error: expected a key"),
            Faulty("[]", "f:1:2: syntax error: expected a key"),
            Faulty("a. = 1", "f:1:4: syntax error: expected a key"),
            Faulty("[tokend", "f:1:8: syntax error: expected `]` after the table's name"),
            Faulty("[[tokend]", "f:1:10: syntax error: expected `]` after the table's name"),
            Faulty("a = [}", "f:1:6: syntax error: expected a value"),
            Faulty("a = [1 2]", "f:1:8: syntax error: expected `,` or `]`"),
            Faulty("a = [,]", "f:1:6: syntax error: expected a value"),
            Faulty("a = [1,", "f:1:8: syntax error: expected a value"),
            Faulty("a = { b = 1,}", "f:1:13: syntax error: expected a key"),
            Faulty("a = { b = 1\n}", "f:1:12: syntax error: expected `,` or `}`"),
            Faulty("a = \"\\q\"", "f:1:7: syntax error: string: unknown escape sequence '\\q'"),
            Faulty(
                "[tokend]\nlog_level = \"info\"\nlog_level = \"info\"",
                "f:3:13: syntax error: key-value pair: cannot redefine existing string 'log_level'"
            ),
            Faulty(
                "[account.a]\n[account.a]",
                "f:2:1: syntax error: table header: cannot redefine existing table 'account.a'"
            ),
            Faulty("a = \"\u{0}\"", "f:1:6: syntax error: a NUL character; the configuration is a text file"),
            Faulty("# \u{0}", "f:1:3: syntax error: a NUL character; the configuration is a text file"),
            Faulty(
                "[tokend]\nlog_level = \"a\\u0000\"",
                "f:2:15: syntax error: an escaped NUL character; no string may hold one"
            ),
            Faulty(
                "\"a\\U00000000b\" = 1",
                "f:1:3: syntax error: an escaped NUL character; no string may hold one"
            ),
        ]
    )
    func syntax(_ faulty: Faulty) { expect(faulty) }

    @Test("All that is wrong is told at once, in the order of the file")
    func everything() {
        expect(
            Faulty(
                """
                [account.b]
                client_id = 1
                colour = "red"
                issuer = "https://b.example"
                ca_file = "ca.pem"
                [account."no good"]
                [tokend]
                log_level = "loud"
                [gateway.x]
                """,
                "f:2:1: `client_id`: expected a string, found an integer",
                "f:3:1: unknown key `colour` in [account.b]; known are `issuer`, `token_endpoint`,"
                    + " `device_authorization_endpoint`, `authorization_endpoint`, `revocation_endpoint`, `client_id`,"
                    + " `client_secret`, `client_auth`, `flow`, `scopes`, `audience`, `resource`, `ca_file`, `extra`,"
                    + " `provider` and `user`",
                "f:5:1: `ca_file`: a path begins with `/`, or with `~/` for the home directory",
                "f:6:10: `no good` is not an account name: 1 to 64 letters, digits and `._@+-`, first a letter or digit",
                "f:8:1: `log_level`: `loud` is not a log level;"
                    + " known are `trace`, `debug`, `info`, `notice`, `warning` and `error`",
                "f:9:2: unknown table [gateway]; known are `tokend` and `account`"
            )
        )
    }

    @Test("Keys cannot smuggle control characters into the terminal")
    func controlCharacters() {
        expect(
            Faulty(
                "\"\\u001B[2J\\u202E\" = 1",
                "f:1:1: unknown key `\\u{1B}[2J\\u{202E}` outside of a table; known are `tokend` and `account`"
            )
        )
    }

    @Test(
        "An error never shows the secret beside it",
        arguments: [
            "client_secret = { file = \"/x\", x = \"hunter2\" }", "client_secret = [\"hunter2\"]",
        ]
    )
    func noSecret(_ line: String) throws {
        let text =
            "[account.a]\nissuer = \"https://ada:hunter2@a.example\"\nclient_id = \"1\"\n" + line
        let error = #expect(throws: SettingsErrors.self) { try Settings(text: text, file: "f", home: nil) }
        #expect(try #require(error).errors.count > 1)
        #expect(!String(describing: error).contains("hunter2"))
    }
}
