import Glibc
import HTTPTypes
import Testing
import Transport

extension Trait where Self == ConditionTrait {
    /// For tests that make certificates and put TLS before a plain server.
    fileprivate static var needsTools: Self {
        .enabled("openssl and stunnel4 are not both installed") {
            Program.path("openssl") != nil && Program.path("stunnel4") != nil
        }
    }
}

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    @Test(
        "a request goes over TLS whole when ca_file names the authority",
        .needsTools
    )
    func trusted() async throws {
        let server = try ScriptedServer(.read, .write(ok("over TLS")))
        let authority = try await Authority()
        let front = try await TLSFront(authority, to: server.port)
        let body = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
        let transport = try makeTransport()
        for host in ["localhost", "127.0.0.1"] {
            let head = head(.post, scheme: "https", host: host, port: front.port)
            let request = TransportRequest(head: head, body: body, caFile: authority.certificate)
            #expect(await transport.send(request).text == "over TLS")
        }
        #expect(server.requests.map(\.body) == [body, body])
    }

    /// A server's certificate that must not be accepted.
    enum Distrust: String, CaseIterable {
        case withoutCAFile
        case anotherAuthority
        case anotherHost
        case expired
    }

    @Test(
        "a certificate that is not good ends it before a byte of the request",
        .needsTools,
        arguments: Distrust.allCases
    )
    func distrusted(distrust: Distrust) async throws {
        let server = try ScriptedServer(.read, .write(ok("")))
        let authority = try await Authority()
        let names = distrust == .anotherHost ? "DNS:example.com" : "DNS:localhost"
        let front = try await TLSFront(authority, names: names, days: distrust == .expired ? -1 : 2, to: server.port)
        let another = try await Authority()
        let file: String? =
            switch distrust {
            case .withoutCAFile: nil
            case .anotherAuthority: another.certificate
            case .anotherHost, .expired: authority.certificate
            }
        let head = head(.post, scheme: "https", host: "localhost", port: front.port)
        let request = TransportRequest(head: head, body: Array("refresh_token=a".utf8), caFile: file)
        #expect(try await makeTransport().send(request).summary == "not sent: tls")
        #expect(server.requests.isEmpty)
    }

    @Test(
        "an answer that breaks off is truncated over TLS as well",
        .needsTools
    )
    func truncated() async throws {
        let server = try ScriptedServer(.read, .write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12"))
        let authority = try await Authority()
        let front = try await TLSFront(authority, to: server.port)
        let head = head(.post, scheme: "https", host: "localhost", port: front.port)
        let outcome = try await makeTransport().send(TransportRequest(head: head, caFile: authority.certificate))
        #expect(outcome.summary == "unknown: truncated")
    }

    @Test("a server that does not speak TLS gets no request")
    func plain() async throws {
        let server = try ScriptedServer(.write("HTTP/1.1 400 Bad Request\r\n\r\n"), .hang)
        let head = head(.post, scheme: "https", host: "localhost", port: server.port)
        #expect(try await makeTransport().send(TransportRequest(head: head)).summary == "not sent: tls")
    }

    @Test("a server that never finishes the handshake is not sent anything")
    func handshake() async throws {
        let server = try ScriptedServer(.hang)
        let head = head(.post, scheme: "https", host: "localhost", port: server.port)
        let request = TransportRequest(head: head, connectTimeout: .milliseconds(300))
        #expect(try await makeTransport().send(request).summary == "not sent: timeout")
    }
}

@Suite("The file of trust anchors", .timeLimit(.minutes(1)))
struct TrustAnchorsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Sends a request with the file, to a server that would wait for a handshake.
    private func error(caFile: String) async throws -> TransportError {
        let server = try ScriptedServer(.hang)
        let head = head(.post, scheme: "https", host: "localhost", port: server.port)
        let outcome = try await makeTransport().send(TransportRequest(head: head, caFile: caFile, timeout: .seconds(5)))
        #expect(outcome.summary == "not sent: tls")
        return try #require(outcome.error)
    }

    @Test("one that is missing, a folder, a pipe, no PEM or broken is named in the error")
    func unusable() async throws {
        let pipe = "\(folder.path)/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        let broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
        let files = [
            "\(folder.path)/missing.pem", folder.path, pipe,
            try folder.write("", to: "empty.pem"),
            try folder.write("not a certificate\n", to: "text.pem"),
            try folder.write(broken, to: "broken.pem"),
        ]
        for file in files {
            let error = try await error(caFile: file)
            #expect(error.message.contains(file))
        }
    }

    @Test("its certificates stand beside the system's, not in their place")
    func beside() throws {
        let own = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        let anchors = String(decoding: try TrustAnchors(file: try folder.write(own, to: "own.pem")).pem, as: UTF8.self)
        #expect(anchors.hasSuffix(own))
        let system = "/etc/ssl/certs/ca-certificates.crt"
        if access(system, R_OK) == 0 {
            #expect(anchors.count > own.count + 1000)
        }
    }
}
