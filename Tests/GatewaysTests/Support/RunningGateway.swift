import Gateways
import Glibc
import LocalAPI

/// A gateway on a socket in a directory of its own, for the time of a test.
struct RunningGateway {
    let path: String
    let gateway: HTTPGateway
    let service: ScriptedService
    let published: PublishedTokens
    let audit: RecordedAudit

    /// The moment at which all happens.
    static let now = Duration.seconds(1000)

    /// Starts a gateway, lets a test use it, and stops it.
    ///
    /// - Parameters:
    ///   - tokens: What the service says of which account.
    ///   - limits: What a client may take up.
    ///   - uid: Who is served.
    ///   - body: The test.
    /// - Throws: What the test throws, or the gateway when it cannot start.
    static func with(
        tokens: [String: Result<TokenAnswer, Problem>] = [:],
        limits: Limits = Limits(),
        uid: UInt32 = geteuid(),
        _ body: (RunningGateway) async throws -> Void
    ) async throws {
        try await withDirectory { directory in
            let service = ScriptedService(tokens: tokens)
            let published = PublishedTokens()
            let audit = RecordedAudit()
            let path = "\(directory)/tokend.sock"
            let gateway = try await HTTPGateway.start(
                listener: try Listener.bind(path: path, replacingStale: false),
                service: service,
                published: published,
                audit: audit,
                limits: limits,
                uid: uid,
                now: { now }
            )
            let running = RunningGateway(
                path: path,
                gateway: gateway,
                service: service,
                published: published,
                audit: audit
            )
            do {
                try await body(running)
            } catch {
                service.release()
                await gateway.stop()
                throw error
            }
            service.release()
            await gateway.stop()
        }
    }

    /// Publishes a token of an account, with so many seconds to live.
    func publish(_ account: String = "work", token: String = "secret-token", expiresIn: Int = 3600) {
        published.publish(
            Samples.answer(account, token: token, expiresIn: expiresIn),
            kind: .accessToken,
            expiry: Self.now + .seconds(expiresIn),
            minValid: .seconds(60)
        )
    }

    /// Sends one request over a connection of its own and takes the reply.
    func exchange(_ request: String) async throws -> Client.Reply {
        try await onThread { [path] in try Client(path).exchange(request) }
    }

    /// A request without a body.
    static func request(_ method: String, _ target: String, _ fields: String...) -> String {
        "\(method) \(target) HTTP/1.1\r\nHost: tokend\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n"
    }

    /// A request with a body.
    static func request(_ method: String, _ target: String, body: String) -> String {
        request(method, target, "Content-Length: \(body.utf8.count)") + body
    }
}

/// Makes a private directory for the time of a test.
func withDirectory(_ body: (String) async throws -> Void) async throws {
    var template = Array("/tmp/tokend-test-XXXXXX".utf8CString)
    guard let made = template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) else {
        throw Client.Failure(description: "mkdtemp: errno \(errno)")
    }
    let directory = String(cString: made)
    defer {
        // A test leaves sockets, files and empty directories at most.
        if let entries = opendir(directory) {
            while let entry = readdir(entries) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if unlink("\(directory)/\(name)") != 0 { rmdir("\(directory)/\(name)") }
            }
            closedir(entries)
        }
        rmdir(directory)
    }
    try await body(directory)
}
