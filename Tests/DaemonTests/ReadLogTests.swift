import Daemon
import Gateways
import Glibc
import LocalAPI
import Logging
import Synchronization
import Testing

/// Who read which token.
@Suite("The log of reads") struct ReadLogTests {
    @Test("names account, kind, process and executable, and no token")
    func names() async throws {
        let book = LogBook()
        let log = ReadLog(logger: book.logger)
        log.handedOut(.token(.idToken), of: "corp", to: Peer(pid: getpid(), uid: geteuid(), gid: getegid()))
        log.finish()
        await log.run()
        let record = try #require(book.records.first)
        #expect(record.level == .info)
        #expect(record.text.hasPrefix("corp: id_token read by process \(getpid()), /"))
    }

    @Test("names the role whose credentials were read, and its AWS account")
    func roles() async throws {
        let book = LogBook()
        let log = ReadLog(logger: book.logger)
        let role = RoleCredentialsRequest(accountID: "012345678901", role: "Admin")
        log.handedOut(.role(role), of: "corp", to: Peer(pid: -1, uid: 0, gid: 0))
        log.finish()
        await log.run()
        #expect(book.records.map(\.text) == ["corp: credentials of Admin in 012345678901 read by process -1"])
    }

    @Test("notes the same reading of the same process once a minute, and counts each")
    func onceAMinute() async {
        let book = LogBook()
        let clock = Mutex(ContinuousClock.now)
        let log = ReadLog(logger: book.logger) { clock.withLock { $0 } }
        func read(_ kind: TokenQuery.Kind = .accessToken, _ account: String = "a", _ pid: Int32 = -1) {
            log.handedOut(.token(kind), of: account, to: Peer(pid: pid, uid: 0, gid: 0))
        }
        for _ in 0..<5 { read() }
        read(.idToken)
        read(.accessToken, "b")
        read(.accessToken, "a", -2)
        clock.withLock { $0 += .seconds(59) }
        read()
        clock.withLock { $0 += .seconds(2) }
        read()
        log.finish()
        await log.run()
        #expect(
            book.records.map(\.text) == [
                "a: access_token read by process -1", "a: id_token read by process -1",
                "b: access_token read by process -1", "a: access_token read by process -2",
                "a: access_token read by process -1",
            ]
        )
        #expect(log.handedOut == 10)
    }

    @Test("holds no more than the last of many notes while nobody writes them down")
    func bounded() async {
        let book = LogBook()
        let log = ReadLog(logger: book.logger)
        for pid in 1...5000 { log.handedOut(.token(.accessToken), of: "a", to: Peer(pid: -Int32(pid), uid: 0, gid: 0)) }
        log.finish()
        await log.run()
        #expect(book.records.count <= 1024)
        #expect(book.records.last?.text == "a: access_token read by process -5000")
        #expect(log.handedOut == 5000)
    }
}
