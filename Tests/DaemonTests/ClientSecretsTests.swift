import Daemon
import Glibc
import OAuth
import Testing

/// Secrets from everywhere that the configuration can name.
@Suite("A client secret") struct ClientSecretsTests {
    private let secrets = ClientSecrets(environment: [
        "SECRET": "from the environment", "EMPTY": "", "PATH": "/usr/bin:/bin",
    ])

    @Test(
        "is what its source holds, without the newline that ends it",
        arguments: [
            ("s3cr3t", "s3cr3t"), ("s3cr3t\n", "s3cr3t"), ("s3cr3t\r\n", "s3cr3t"), ("two\n\n", "two\n"),
            (" spaced \n", " spaced "),
            ("größe\n", "größe"),
        ]
    )
    func newline(content: String, expected: String) async throws {
        let scratch = try Scratch()
        let file = try scratch.file("secret", content)
        #expect(try await secrets.fetch(.file(path: file)) == Secret(expected))
        let printed = try await secrets.fetch(.command(["/bin/cat", file]))
        #expect(printed == Secret(expected))
        let unit = ClientSecrets(environment: ["CREDENTIALS_DIRECTORY": scratch.path])
        #expect(try await unit.fetch(.credential(name: "secret")) == Secret(expected))
    }

    @Test("can stand in the configuration or in the environment")
    func plain() async throws {
        #expect(try await secrets.fetch(.inline(Secret("x"))) == Secret("x"))
        #expect(try await secrets.fetch(.environment(name: "SECRET")) == Secret("from the environment"))
    }

    @Test("that was changed is picked up with the next request")
    func changed() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("secret", "old")
        #expect(try await secrets.fetch(.file(path: file)) == Secret("old"))
        _ = try scratch.file("secret", "new")
        #expect(try await secrets.fetch(.file(path: file)) == Secret("new"))
    }

    @Test(
        "that cannot be had is a failure that passes, with nothing sent and a sentence that says where to look",
        arguments: [
            (.file(path: "/nowhere/secret"), "cannot read /nowhere/secret: No such file or directory"),
            (.file(path: "/proc/self"), "cannot read /proc/self: Is a directory"),
            (.file(path: "/dev/null"), "the client secret is empty"),
            (.file(path: "/dev/zero"), "cannot read /dev/zero: it is larger than 65536 bytes"),
            (.environment(name: "ABSENT"), "the environment variable ABSENT is not set in the daemon's environment"),
            (.environment(name: "EMPTY"), "the client secret is empty"),
            (
                .credential(name: "corp"),
                "there is no $CREDENTIALS_DIRECTORY; add LoadCredential=corp:PATH to the unit"
            ),
            (.command(["false"]), "the command `false` exited with status 1"),
            (.command(["true"]), "the client secret is empty"),
            (.command([]), "the command `` cannot be started: No such file or directory"),
        ] as [(SecretSource, String)]
    )
    func missing(source: SecretSource, message: String) async {
        let failure = await #expect(throws: Failure.self) { try await secrets.fetch(source) }
        #expect(failure?.class == .temporary(.notSent))
        #expect(failure?.code == "client_secret")
        #expect(failure?.detail == message)
    }

    @Test("in a pipe that nobody writes to holds nobody up")
    func pipe() async throws {
        let scratch = try Scratch()
        let path = scratch.path + "/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        let failure = await #expect(throws: Failure.self) { try await secrets.fetch(.file(path: path)) }
        #expect(failure?.detail == "the client secret is empty")
    }
}
