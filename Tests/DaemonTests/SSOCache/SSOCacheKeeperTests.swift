import Daemon
import FoundationEssentials
import Glibc
import IdentityCenter
import OAuth
import Synchronization
import Testing

/// The upkeep of files in `~/.aws/sso/cache`, in a directory of its own for each test.
@Suite("The keeper of AWS's token files") struct SSOCacheKeeperTests {
    private static let name = CacheFile.name(session: "corp")

    /// A keeper and what it has told.
    private struct Desk: ~Copyable {
        let scratch: Scratch
        let keeper: SSOCacheKeeper
        let told = Told()
        let log = LogBook()
        let clock = MovableClock()

        final class Told: Sendable {
            private let words = Mutex<[String]>([])
            var all: [String] { words.withLock { $0 } }
            func tell(_ word: String) { words.withLock { $0.append(word) } }
        }

        init() throws {
            scratch = try Scratch()
            let (told, clock) = (told, clock)
            keeper = SSOCacheKeeper(
                directory: scratch.path + "/.aws/sso/cache",
                listener: SSOCacheKeeper.Listener(
                    loggedOut: { told.tell("\($0) is logged out") },
                    adopt: { account, file in told.tell("\(account) adopts \(file.accessToken.revealText())") }
                ),
                logger: log.logger,
                now: { clock.now() }
            )
        }

        var directory: String { scratch.path + "/.aws/sso/cache" }
        var path: String { directory + "/" + SSOCacheKeeperTests.name }

        /// A login that lives for some seconds more.
        func login(_ token: String, left: Int = 3600) -> CacheFile {
            CacheFile(
                startURL: "https://corp.awsapps.com/start",
                region: "us-east-1",
                accessToken: Secret(token),
                expiresAt: clock.now().wall + .seconds(left),
                refreshToken: Secret("refresh " + token),
                client: ClientRegistration(clientID: "id", clientSecret: Secret("cs"))
            )
        }

        /// Keeps a login, and returns when the file is as it should be.
        func keep(_ login: CacheFile?, _ mode: CacheFile.Mode = .private) async -> CacheFile? {
            keeper.keep("corp", as: SSOCacheKeeperTests.name, mode, login)
            return await keeper.read("corp")
        }

        /// Puts a file there as AWS's CLI does: by truncating the one that is there.
        func overwrite(_ login: CacheFile) throws { try Data(login.bytes()).write(to: URL(filePath: path)) }
    }

    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    @Test("makes a file of mode 0600 in directories of mode 0700, and leaves nothing beside it (behaviour 26)")
    func modes() async throws {
        let desk = try Desk()
        let login = desk.login("one")
        #expect(await desk.keep(login) == login.shown(.private))
        #expect(Self.mode(desk.path) == 0o600)
        for directory in ["/.aws", "/.aws/sso", "/.aws/sso/cache"] {
            #expect(Self.mode(desk.scratch.path + directory) == 0o700)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: desk.directory) == [Self.name])
        #expect(desk.log.records.isEmpty)
    }

    @Test("leaves a directory alone that is there already, and everybody's files in it")
    func neighbours() async throws {
        let desk = try Desk()
        try FileManager.default.createDirectory(atPath: desk.directory, withIntermediateDirectories: true)
        chmod(desk.directory, 0o755)
        let neighbour = try desk.scratch.file(".aws/sso/cache/0000.json", #"{"accessToken":"x"}"#)
        let draft = try desk.scratch.file(".aws/sso/cache/.\(Self.name).tokend-\(getpid())-1", "{")
        let old = try desk.scratch.file(".aws/sso/cache/.\(Self.name).tokend-\(pid_t.max)-1", "{")
        _ = await desk.keep(desk.login("one"))
        desk.keeper.remove("corp")
        #expect(await desk.keeper.read("corp") == nil)
        #expect(try String(contentsOf: URL(filePath: neighbour), encoding: .utf8) == #"{"accessToken":"x"}"#)
        #expect(Self.mode(desk.directory) == 0o755)
        #expect(Self.mode(desk.path) == nil)
        #expect(Self.mode(draft) != nil)
        #expect(Self.mode(old) == nil)
    }

    @Test("shows the next token as soon as it is told, and what others put into the file stays")
    func renewal() async throws {
        let desk = try Desk()
        _ = await desk.keep(desk.login("one"), .shared)
        let two = desk.login("two", left: 4000)
        let text = #"{"accessToken":"one","expiresAt":"2020-01-01T00:00:00Z","mine":true}"#
        try Data(text.utf8).write(to: URL(filePath: desk.path))
        #expect(await desk.keep(two, .shared) == two)
        #expect(try String(contentsOf: URL(filePath: desk.path), encoding: .utf8).contains(#""mine":true"#))
    }

    @Test("tells at once of a deleted file, and makes it anew after the next login only (behaviour 29)")
    func deleted() async throws {
        let desk = try Desk()
        _ = await desk.keep(desk.login("one"))
        unlink(desk.path)
        try await eventually("the deletion was told") { desk.told.all == ["corp is logged out"] }
        // A renewal that was under way.
        #expect(await desk.keep(desk.login("two", left: 4000)) == nil)
        desk.keeper.remove("corp")
        #expect(await desk.keep(nil) == nil)
        let three = desk.login("three")
        #expect(await desk.keep(three) == three.shown(.private))
        #expect(desk.told.all == ["corp is logged out"])
    }

    @Test("notices it when the whole directory is taken away, and watches the next one too (behaviour 29)")
    func directoryGone() async throws {
        let desk = try Desk()
        for round in 1...2 {
            let login = desk.login("round \(round)")
            #expect(await desk.keep(login) == login.shown(.private))
            #expect(rename(desk.scratch.path + "/.aws/sso/cache", desk.scratch.path + "/away \(round)") == 0)
            try await eventually("it was told") { desk.told.all.count == round }
            desk.keeper.remove("corp")
        }
        #expect(Set(desk.told.all) == ["corp is logged out"])
    }

    @Test("tells of a newer login at once, and only once (behaviour 29)")
    func replaced() async throws {
        let desk = try Desk()
        _ = await desk.keep(desk.login("one"))
        let theirs = desk.login("theirs", left: 7200)
        try desk.overwrite(theirs)
        try await eventually("it was told") { desk.told.all == ["corp adopts theirs"] }
        try desk.overwrite(theirs)
        #expect(await desk.keep(desk.login("one")) == theirs)
        // Now it is ours, and shows no more than it should.
        #expect(await desk.keep(theirs) == theirs.shown(.private))
        #expect(desk.told.all == ["corp adopts theirs"])
    }

    @Test("writes a file anew that is missing at the start or damaged, and tells nobody (behaviour 29)")
    func start() async throws {
        for text in [nil, "", "{half", "[]"] {
            let desk = try Desk()
            if let text {
                try FileManager.default.createDirectory(atPath: desk.directory, withIntermediateDirectories: true)
                _ = try desk.scratch.file(".aws/sso/cache/" + Self.name, text)
            }
            let login = desk.login("one")
            #expect(await desk.keep(login) == login.shown(.private))
            #expect(desk.told.all.isEmpty)
        }
    }

    @Test("heals a file that somebody damages")
    func damaged() async throws {
        let desk = try Desk()
        let login = desk.login("one")
        _ = await desk.keep(login)
        _ = try desk.scratch.file(".aws/sso/cache/" + Self.name, "{half")
        try await eventually("the file is whole again") { await desk.keeper.read("corp") == login.shown(.private) }
        #expect(desk.told.all.isEmpty)
    }

    @Test("makes nothing while nobody is logged in")
    func loggedOut() async throws {
        let desk = try Desk()
        #expect(await desk.keep(nil) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: desk.scratch.path).isEmpty)
    }

    @Test("removes the file at a logout, unless it is somebody else's")
    func removal() async throws {
        let desk = try Desk()
        _ = await desk.keep(desk.login("one"))
        desk.keeper.remove("corp")
        #expect(await desk.keeper.read("corp") == nil)
        let theirs = desk.login("theirs")
        try desk.overwrite(theirs)
        desk.keeper.remove("corp")
        #expect(await desk.keeper.read("corp") == theirs)
        #expect(desk.told.all.isEmpty)
    }

    @Test("follows no link and says so once")
    func link() async throws {
        let desk = try Desk()
        try FileManager.default.createDirectory(atPath: desk.directory, withIntermediateDirectories: true)
        let target = try desk.scratch.file("target", "precious")
        #expect(symlink(target, desk.path) == 0)
        for token in ["one", "two"] { #expect(await desk.keep(desk.login(token)) == nil) }
        desk.keeper.remove("corp")
        #expect(await desk.keeper.read("corp") == nil)
        #expect(try String(contentsOf: URL(filePath: target), encoding: .utf8) == "precious")
        #expect(desk.log.records.count == 1)
        #expect(desk.log.records.first?.text.contains("is a link") == true)
    }

    @Test("keeps quiet about secrets when the directory cannot be written")
    func unwritable() async throws {
        let desk = try Desk()
        _ = try desk.scratch.file(".aws", "a file where the directory belongs")
        #expect(await desk.keep(desk.login("one")) == nil)
        #expect(desk.log.records.count == 1)
        #expect(desk.log.records.allSatisfy { !$0.text.contains("one") })
        #expect(desk.told.all.isEmpty)
    }

    // MARK: - No reader ever sees a part

    /// Reads the file until there is nobody left who writes, and counts what was no token file.
    private static func partialReads(of path: String, while isWritten: @Sendable () -> Bool) -> (
        reads: Int, partial: Int
    ) {
        var (reads, partial) = (0, 0)
        while isWritten() {
            guard let data = try? Data(contentsOf: URL(filePath: path)) else { continue }
            reads += 1
            if CacheFile(Array(data)) == nil { partial += 1 }
        }
        return (reads, partial)
    }

    @Test("never lets a reader in a tight loop see a part of a file (behaviour 26)")
    func tightLoop() async throws {
        let desk = try Desk()
        let path = desk.path
        _ = await desk.keep(desk.login("start"), .shared)
        let reader = Task.detached { Self.partialReads(of: path) { !Task.isCancelled } }
        for round in 0..<200 {
            let token = "\(round) " + String(repeating: "x", count: round * 100)
            _ = await desk.keep(desk.login(token, left: 4000 + round), .shared)
        }
        reader.cancel()
        let seen = await reader.value
        #expect(seen.reads > 0)
        #expect(seen.partial == 0)
        #expect(desk.told.all.isEmpty)
    }

    @Test("never leaves a part of a file behind when it is killed (behaviour 26)")
    func killed() async throws {
        // Writer and reader are two processes, and know the directory by the number of the reader.
        let directory = Self.directory(of: getpid())
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for _ in 0..<3 {
            unlink(directory + "/" + Self.name)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                let keeper = SSOCacheKeeper(
                    directory: SSOCacheKeeperTests.directory(of: getppid()),
                    listener: SSOCacheKeeper.Listener(loggedOut: { _ in }, adopt: { _, _ in }),
                    logger: LogBook().logger,
                    now: { Instant(wall: .zero, boot: .zero, bootID: "") }
                )
                for round in 0... {
                    let token = Secret("\(round) " + String(repeating: "x", count: round % 7 * 1000))
                    let login = CacheFile(
                        startURL: "s",
                        region: "r",
                        accessToken: token,
                        expiresAt: .seconds(1 + round)
                    )
                    keeper.keep("corp", as: SSOCacheKeeperTests.name, .private, login)
                    if round % 100 == 99 {
                        // The queue is full of files to be written; the end comes in the midst of one.
                        if await keeper.read("corp") != nil, round > 300 { Task.detached { kill(getpid(), SIGKILL) } }
                    }
                }
            }
            let data = try Data(contentsOf: URL(filePath: directory + "/" + Self.name))
            #expect(CacheFile(Array(data)) != nil)
        }
        // The next one clears up what they have left.
        let clock = MovableClock()
        let keeper = SSOCacheKeeper(
            directory: directory,
            listener: SSOCacheKeeper.Listener(loggedOut: { _ in }, adopt: { _, _ in }),
            logger: LogBook().logger,
            now: { clock.now() }
        )
        keeper.keep("corp", as: Self.name, .private, nil)
        #expect(await keeper.read("corp") != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [Self.name])
    }

    private static func directory(of reader: pid_t) -> String { "/tmp/tokend-sso-cache-tests-\(reader)" }
}
