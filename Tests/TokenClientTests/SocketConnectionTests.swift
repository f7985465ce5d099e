import Glibc
import Testing
import TokenClient

@Suite(.timeLimit(.minutes(1))) struct SocketConnectionTests {
    private func code(of body: () throws -> Void) -> TokenClientError.Code? {
        #expect(throws: TokenClientError.self) { try body() }?.code
    }

    @Test("A listener under another uid gets not a byte")
    func foreignPeer() throws {
        let daemon = FakeDaemon(.reply("{}"))
        let code = code {
            _ = try SocketConnection.connect(
                to: daemon.path,
                owner: geteuid() + 1,
                deadline: Deadline(secondsFromNow: 5)
            )
        }
        #expect(code == .foreignPeer)
        #expect(daemon.requests.isEmpty)
    }

    @Test("Where nobody listens, the error names the path and the system's reason")
    func nobody() {
        let error = #expect(throws: TokenClientError.self) {
            try TokenClient(socketPath: "/nonexistent/tokend.sock").accounts()
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("/nonexistent/tokend.sock") == true)
        #expect((error?.cause as? SystemCallError)?.number == ENOENT)
    }

    @Test(
        "A path that cannot be a socket's is refused",
        arguments: ["", String(repeating: "a", count: 108), "a\u{0}b"]
    )
    func paths(path: String) {
        #expect(code { _ = try TokenClient(socketPath: path).accounts() } == .unusableSocketPath)
    }

    @Test("A daemon that closes without a word is told from one that is cut short")
    func closed() {
        let silent = FakeDaemon(FakeDaemon.Script())
        #expect(code { _ = try TokenClient(socketPath: silent.path).accounts() } == .disconnected)
        let cut = FakeDaemon(FakeDaemon.Script("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"))
        #expect(code { _ = try TokenClient(socketPath: cut.path).accounts() } == .disconnected)
    }

    @Test(
        "A daemon that never answers is given up at the deadline",
        arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 "]
    )
    func silence(begun: String) throws {
        let daemon = FakeDaemon(FakeDaemon.Script(begun, staysOpen: true))
        let code = code {
            var exchange = try Exchange.begin(Request(.get, "/v1/status", timeout: 1), at: daemon.path)
            _ = try exchange.body()
        }
        #expect(code == .timedOut)
    }

    @Test(
        "A stream of events that does not begin is given up at the deadline too",
        arguments: ["", "HTTP/1.1 200 OK\r\n"]
    )
    func silentStream(begun: String) {
        let daemon = FakeDaemon(FakeDaemon.Script(begun, staysOpen: true))
        let error = #expect(throws: TokenClientError.self) {
            _ = try TokenClient(socketPath: daemon.path).events(within: 1)
        }
        #expect(error?.code == .timedOut)
    }

    @Test("Garbage is not taken for a reply")
    func garbage() {
        let daemon = FakeDaemon(FakeDaemon.Script("SSH-2.0-OpenSSH_9.2\r\n\r\n"))
        #expect(code { _ = try TokenClient(socketPath: daemon.path).accounts() } == .malformedReply)
    }
}
