import HTTPTypes
import Testing
import Transport

@Suite("Where a request may go")
struct TargetTests {
    @Test(
        "loopback is localhost, 127.0.0.0/8 and ::1, and nothing that looks like it",
        arguments: [
            ("https://localhost/", true), ("https://LOCALHOST:8443/", true), ("https://127.0.0.1/", true),
            ("https://127.255.0.9/", true), ("https://[::1]/", true), ("https://127.1/", true),
            ("https://localhost.example.com/", false), ("https://127.0.0.1.example.com/", false),
            ("https://example.com/localhost", false), ("https://128.0.0.1/", false), ("https://[::2]/", false),
            ("https://[::ffff:127.0.0.1]/", false), ("https://notlocalhost/", false), ("https://0.0.0.0/", false),
        ]
    )
    func loopback(url: String, isLoopback: Bool) throws {
        #expect(try Target(url: url).isLoopback == isLoopback)
    }

    @Test(
        "the metadata services of Amazon's machines are five addresses, which may go unencrypted, and nothing beside them",
        arguments: [
            ("169.254.169.254", true), ("169.254.170.2", true), ("169.254.170.23", true), ("[fd00:ec2::254]", true),
            ("[FD00:EC2::23]", true), ("169.254.169.254:80", true), ("169.254.169.253", false), ("169.254.1.1", false),
            ("169.254.169.254.example.com", false), ("[fd00:ec2::1]", false),
        ]
    )
    func metadataServices(authority: String, isReached: Bool) {
        let head = HTTPRequest(method: .get, scheme: "http", authority: authority, path: "/")
        #expect(((try? Target(head))?.isMetadataService ?? false) == isReached)
    }

    @Test(
        "unencrypted, incomplete and ambiguous targets are refused",
        arguments: [
            ("http", "example.com", "/"), ("http", "127.0.0.1.example.com", "/"), ("http", "[::ffff:127.0.0.1]", "/"),
            ("ftp", "localhost", "/"), ("file", "", "/etc/passwd"), (nil, "localhost", "/"), ("https", nil, "/"),
            ("https", "localhost", nil), ("https", "", "/"), ("https", "user:word@localhost", "/"),
            ("https", "localhost/evil", "/"), ("https", "localhost\\@evil", "/"), ("https", "localhost:99999", "/"),
            ("https", "localhost", "token"), ("https", "localhost", "/a b"), ("https", "localhost", "/a#b"),
            ("https", "local host", "/"),
        ] as [(String?, String?, String?)]
    )
    func refused(scheme: String?, authority: String?, path: String?) {
        let head = HTTPRequest(method: .get, scheme: scheme, authority: authority, path: path)
        let error = #expect(throws: TransportError.self) { try Target(head) }
        #expect(error?.code == .invalidRequest)
    }

    @Test("an origin is scheme, host and port, whatever the spelling")
    func origin() throws {
        let plain = try Target(url: "https://Example.com/a").origin
        #expect(plain == Target.Origin(scheme: "https", host: "example.com", port: "443"))
        #expect(try Target(url: "HTTPS://example.com:443/b?c").origin == plain)
        #expect(try Target(url: "https://example.com:8443/").origin != plain)
        #expect(try Target(url: "https://www.example.com/").origin != plain)
    }

    @Test("the error does not repeat a password, a path or a query")
    func silent() throws {
        for (authority, path) in [("user:canary@localhost", "/"), ("localhost", "/canary canary?canary#canary")] {
            let head = HTTPRequest(method: .get, scheme: "https", authority: authority, path: path)
            let error = try #require(throws: TransportError.self) { try Target(head) }
            #expect(!String(reflecting: error).contains("canary"))
        }
    }
}
