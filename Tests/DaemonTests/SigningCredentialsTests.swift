import Daemon
import FoundationEssentials
import Glibc
import IdentityCenter
import OAuth
import Synchronization
import Testing
import Transport

/// The credentials that sign requests to AWS, from real files and real commands.
@Suite("Signing credentials") struct SigningCredentialsTests {
    private static let canary = "canary0123456789"

    /// Answers as AWS's tools want it, and counts how often in a file.
    private static func script(in scratch: borrowing Scratch, expiration: String) throws -> String {
        let script = try scratch.file(
            "process",
            """
            #!/bin/sh
            echo run >> \(scratch.path)/runs
            runs=$(wc -l < \(scratch.path)/runs)
            printf '{"Version":1,"AccessKeyId":"ASIA%s","SecretAccessKey":"%s"\(expiration)}' $runs "$1"

            """
        )
        #expect(chmod(script, 0o700) == 0)
        return script
    }

    private static func runs(in scratch: borrowing Scratch) -> Int {
        (try? String(contentsOf: URL(filePath: scratch.path + "/runs"), encoding: .utf8))?.count { $0 == "\n" } ?? 0
    }

    /// An `Expiration` that lies so far ahead.
    private static func expiration(in lifetime: Duration) -> String {
        let end = SystemClock().now().wall + lifetime
        return #","Expiration":"\#(Date(timeIntervalSince1970: Double(end.wholeSeconds)).formatted(.iso8601))""#
    }

    @Test("are those in the environment")
    func environment() async throws {
        try await SigningHouse.with(["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"]) { house in
            let credentials = try await house.chain.fetch(.chain)
            #expect(credentials == SigningCredentials(accessKeyID: "A", secretAccessKey: Secret("s")))
        }
    }

    @Test("are those of a profile, read anew each time")
    func profile() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("credentials", "[ops]\naws_access_key_id = A\naws_secret_access_key = s\n")
        try await SigningHouse.with(["AWS_SHARED_CREDENTIALS_FILE": file]) { house in
            #expect(try await house.chain.fetch(.profile("ops")).accessKeyID == "A")
            _ = try scratch.file("credentials", "[ops]\naws_access_key_id = B\naws_secret_access_key = s\n")
            #expect(try await house.chain.fetch(.profile("ops")).accessKeyID == "B")
        }
    }

    @Test("are found below the home directory where no variable says otherwise")
    func home() async throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path + "/.aws", withIntermediateDirectories: true)
        _ = try scratch.file(".aws/config", "[default]\naws_access_key_id = A\naws_secret_access_key = s\n")
        let variables = [["HOME": scratch.path], ["HOME": scratch.path, "AWS_CONFIG_FILE": "~/.aws/config"]]
        for environment in variables {
            try await SigningHouse.with(environment) { house in
                let credentials = try await house.chain.fetch(.chain)
                #expect(credentials.accessKeyID == "A")
            }
        }
    }

    @Test("tell the file and the line that is wrong, and nothing of what stands there; once mended, it is read")
    func brokenFile() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("config", "[default]\n\(Self.canary)\n")
        try await SigningHouse.with(["AWS_CONFIG_FILE": file]) { house in
            let failure = await #expect(throws: Failure.self) { try await house.chain.fetch(.chain) }
            #expect(failure?.class == .temporary(.notSent))
            #expect(failure?.detail.hasPrefix("\(file), line 2: ") == true)
            #expect(failure?.detail.contains(Self.canary) == false)
            _ = try scratch.file("config", "[default]\naws_access_key_id = A\naws_secret_access_key = s\n")
            #expect(try await house.chain.fetch(.chain).accessKeyID == "A")
        }
    }

    @Test("are what a credential_process prints, which is run without a shell")
    func process() async throws {
        let scratch = try Scratch()
        let script = try Self.script(in: scratch, expiration: "")
        let file = try scratch.file("config", "[profile p]\ncredential_process = \(script) '$HOME;`id`*'\n")
        try await SigningHouse.with(["AWS_CONFIG_FILE": file, "PATH": "/usr/bin:/bin"]) { house in
            let credentials = try await house.chain.fetch(.profile("p"))
            #expect(credentials == SigningCredentials(accessKeyID: "ASIA1", secretAccessKey: Secret("$HOME;`id`*")))
            #expect(try await house.chain.fetch(.profile("p")).accessKeyID == "ASIA2", "nobody says how long they live")
        }
    }

    @Test("are fetched once for all who ask, kept until five minutes before their end, and then fetched anew")
    func kept() async throws {
        let scratch = try Scratch()
        let script = try Self.script(in: scratch, expiration: Self.expiration(in: .seconds(3600)))
        let file = try scratch.file("config", "[default]\ncredential_process = \(script) s\n")
        try await SigningHouse.with(["AWS_CONFIG_FILE": file, "PATH": "/usr/bin:/bin"]) { house in
            let chain = house.chain
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<50 { group.addTask { try await chain.fetch(.chain).accessKeyID } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids == ["ASIA1"])
            house.clock.advance(by: .seconds(54 * 60))
            #expect(try await chain.fetch(.chain).accessKeyID == "ASIA1")
            house.clock.advance(by: .seconds(70))
            #expect(try await chain.fetch(.chain).accessKeyID == "ASIA2")
            #expect(Self.runs(in: scratch) == 2)
        }
    }

    @Test("are fetched anew at once when AWS has refused them (behaviour 34)")
    func refused() async throws {
        let scratch = try Scratch()
        let script = try Self.script(in: scratch, expiration: Self.expiration(in: .seconds(3600)))
        let file = try scratch.file("config", "[default]\ncredential_process = \(script) s\n")
        try await SigningHouse.with(["AWS_CONFIG_FILE": file, "PATH": "/usr/bin:/bin"]) { house in
            let first = try await house.chain.fetch(.chain)
            let second = try await house.chain.fetch(.chain, renewed: true)
            let third = try await house.chain.fetch(.chain)
            #expect([first, second, third].map(\.accessKeyID) == ["ASIA1", "ASIA2", "ASIA2"], "once is enough")
        }
    }

    @Test("outlive a failure to get newer ones while they are good, but not a refusal")
    func outlive() async throws {
        let scratch = try Scratch()
        let script = try Self.script(in: scratch, expiration: Self.expiration(in: .seconds(3600)))
        let file = try scratch.file("config", "[default]\ncredential_process = \(script) s\n")
        try await SigningHouse.with(["AWS_CONFIG_FILE": file, "PATH": "/usr/bin:/bin"]) { house in
            #expect(try await house.chain.fetch(.chain).accessKeyID == "ASIA1")
            _ = try scratch.file("process", "#!/bin/sh\nexit 3\n")
            house.clock.advance(by: .seconds(56 * 60))
            #expect(try await house.chain.fetch(.chain).accessKeyID == "ASIA1")
            house.clock.advance(by: .seconds(5 * 60))
            await #expect(throws: Failure.self) { try await house.chain.fetch(.chain) }
        }
        try await SigningHouse.with(["AWS_CONFIG_FILE": file, "PATH": "/usr/bin:/bin"]) { house in
            await #expect(throws: Failure.self) { try await house.chain.fetch(.chain, renewed: true) }
        }
    }

    @Test("that a command does not give are missed in one sentence, without what it says")
    func badProcess() async throws {
        let scratch = try Scratch()
        let script = try scratch.file("process", "#!/bin/sh\necho \(Self.canary) >&2\necho \(Self.canary)\nexit $1\n")
        #expect(chmod(script, 0o700) == 0)
        let file = try scratch.file(
            "config",
            """
            [profile fails]
            credential_process = \(script) 3
            [profile babbles]
            credential_process = \(script) 0
            [profile missing]
            credential_process = /nowhere/at/all

            """
        )
        try await SigningHouse.with(["AWS_CONFIG_FILE": file, "PATH": "/usr/bin:/bin"]) { house in
            let reasons = [
                "fails": "gives no credentials: the command `\(script)` exited with status 3",
                "babbles": "does not print a JSON object",
                "missing":
                    "gives no credentials: the command `/nowhere/at/all` cannot be started: No such file or directory",
            ]
            for (name, reason) in reasons {
                let failure = await #expect(throws: Failure.self) { try await house.chain.fetch(.profile(name)) }
                #expect(failure?.class == .temporary(.notSent))
                #expect(failure?.code == Failure.Code.signingCredentials)
                let expected = "the credential_process of the AWS profile \(name) \(reason); run it by hand to see why"
                #expect(failure?.detail == expected)
            }
        }
    }

    @Test("of a role that an account has are asked of that account, each time, and its failures are told as they are")
    func role() async throws {
        let asked = Mutex<[[String]]>([])
        let roles: SigningCredentialsChain.Roles = { account, accountID, role throws(Failure) in
            let count = asked.withLock { asked in
                asked.append([account, accountID, role])
                return asked.count
            }
            guard count < 3 else { throw Failure(.temporary(.unknown), code: "timeout", detail: "too late") }
            return SigningCredentials(
                accessKeyID: "ASIA\(count)",
                secretAccessKey: Secret("s"),
                expiresAt: SystemClock().now().wall + .seconds(3600)
            )
        }
        try await SigningHouse.with([:], roles: roles) { house in
            let source = SigningCredentialsSource.role(account: "corp", accountID: "001234567890", role: "Reader")
            let first = try await house.chain.fetch(source)
            let second = try await house.chain.fetch(source)
            #expect([first, second].map(\.accessKeyID) == ["ASIA1", "ASIA2"])
            let failure = await #expect(throws: Failure.self) { try await house.chain.fetch(source) }
            #expect(failure == Failure(.temporary(.notSent), code: "timeout", detail: "too late"))
        }
        #expect(asked.withLock { $0.first } == ["corp", "001234567890", "Reader"])
    }

    @Test("are missed, when there are none anywhere, in a sentence that says where was looked and what to do")
    func nowhere() async throws {
        try await SigningHouse.with(["AWS_EC2_METADATA_DISABLED": "true"]) { house in
            let failure = await #expect(throws: Failure.self) { try await house.chain.fetch(.chain) }
            #expect(
                failure?.detail == "there are no AWS credentials in the environment, in the profile default or in a "
                    + "container, and AWS_EC2_METADATA_DISABLED forbids to ask the instance; name some by "
                    + "aws_credentials"
            )
        }
    }
}

/// A chain over a real transport, with a clock that tests can move.
struct SigningHouse {
    let chain: SigningCredentialsChain
    let clock: MovableClock

    static func with(
        _ environment: [String: String],
        roles: @escaping SigningCredentialsChain.Roles = { _, _, _ throws(Failure) in
            throw Failure(.misconfigured, code: "test", detail: "no roles here")
        },
        _ body: (SigningHouse) async throws -> Void
    ) async throws {
        let transport = try Transport(userAgent: "tokend/test", proxy: nil)
        let clock = MovableClock()
        let now = { @Sendable in clock.now() }
        let chain = SigningCredentialsChain(
            exchange: Exchange(transport: transport, now: now),
            environment: environment,
            now: now,
            roles: roles
        )
        do {
            try await body(SigningHouse(chain: chain, clock: clock))
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
    }
}
