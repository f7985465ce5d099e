import OAuth
import Testing

@Suite("Endpoint addresses")
struct EndpointAddressTests {
    @Test(
        "are taken apart",
        arguments: [
            ("https://login.example.com", "https", "login.example.com", "/"),
            ("HTTPS://login.example.com/a/b?c=d&e", "https", "login.example.com", "/a/b?c=d&e"),
            ("https://login.example.com:8443/token", "https", "login.example.com:8443", "/token"),
            ("https://login.example.com?tenant=1", "https", "login.example.com", "/?tenant=1"),
            ("https://[2001:db8::1]:443/x", "https", "[2001:db8::1]:443", "/x"),
            ("https://example.com/user@host", "https", "example.com", "/user@host"),
            ("http://127.0.0.1:8080/token", "http", "127.0.0.1:8080", "/token"),
            ("http://127.8.9.10/", "http", "127.8.9.10", "/"),
            ("http://[::1]:8080/", "http", "[::1]:8080", "/"),
            ("http://LocalHost/", "http", "LocalHost", "/"),
        ]
    )
    func parts(text: String, scheme: String, authority: String, path: String) throws {
        let address = try EndpointAddress(text)
        #expect(address.scheme == scheme)
        #expect(address.authority == authority)
        #expect(address.path == path)
        #expect(address.origin == "\(scheme)://\(authority)")
    }

    @Test(
        "that would carry a credential in the clear are refused",
        arguments: [
            "http://login.example.com/token", "http://127.0.0.1.example.com/", "http://localhost.example.com/",
            "http://127.1/", "http://127.0.0.256/", "http://127.0.0.1./", "http://128.0.0.1/", "http://0.0.0.0/",
            "http://[::2]/", "http://[::ffff:7f00:1]/", "ftp://example.com/", "file:///etc/passwd",
        ]
    )
    func notHTTPS(text: String) throws {
        let failure = try #require(failure { () throws(Failure) in try EndpointAddress(text) })
        #expect(failure.class == .misconfigured)
        #expect(failure.code == "invalid_address")
    }

    @Test(
        "that two parsers could read differently are refused",
        arguments: [
            "", "login.example.com", "https:", "https:/x", "https://", "https:///path", "https://:443/",
            "https://example.com:/", "https://example.com:0/", "https://example.com:65536/", "https://example.com:+1/",
            "https://example.com:443:1/", "https://[::1/", "https://[]/", "https://[::1]x/", "https://a b/",
            "https://example.com\\@evil.example/", "https://example.com/\r\nHost: x", "https://ex%61mple.com/",
            "https://exämple.com/", "https://example.com/#fragment", "https://example.com#", "://example.com",
        ]
    )
    func malformed(text: String) {
        #expect(failure { () throws(Failure) in try EndpointAddress(text) }?.code == "invalid_address")
    }

    @Test(
        "with a password in them are refused without repeating it",
        arguments: [
            "https://user:canary@example.com/", "https://user:canary^@example.com/", "user:canary@example.com",
        ]
    )
    func userInformation(text: String) throws {
        let failure = try #require(failure { () throws(Failure) in try EndpointAddress(text) })
        #expect(!failure.detail.contains("canary"))
    }
}
