import HTTPTypes
import Testing
import Transport

@Suite("Proxies", .timeLimit(.minutes(1)))
struct ProxyTests {
    @Test(
        "the environment is read as curl reads it",
        arguments: [
            ([:], nil),
            (["https_proxy": "http://a:1"], Proxy(url: "http://a:1")),
            (["HTTPS_PROXY": "http://b:1"], Proxy(url: "http://b:1")),
            (["https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:1"], Proxy(url: "http://a:1")),
            (["ALL_PROXY": "socks5h://c:1", "no_proxy": "x,y"], Proxy(url: "socks5h://c:1", exceptions: "x,y")),
            (["https_proxy": "http://a:1", "NO_PROXY": "*"], Proxy(url: "http://a:1", exceptions: "*")),
            (["http_proxy": "http://a:1"], nil),
            (["https_proxy": "", "all_proxy": "http://c:1"], nil),
        ] as [([String: String], Proxy?)]
    )
    func environment(variables: [String: String], proxy: Proxy?) {
        #expect(Proxy(environment: variables) == proxy)
    }

    private let request = TransportRequest(
        head: HTTPRequest(method: .post, scheme: "https", authority: "issuer.invalid", path: "/token?canary"),
        body: Array("refresh_token=canary".utf8),
        timeout: .seconds(5)
    )

    @Test(
        "a proxy that does not connect has been told the host and nothing of the request",
        arguments: [ok("", status: "407 Proxy Authentication Required"), ok("", status: "502 Bad Gateway"), ""]
    )
    func refusing(answer: String) async throws {
        let server = try ScriptedServer(.read, .write(answer))
        let transport = try Transport(userAgent: "tokend/test", proxy: Proxy(url: "http://127.0.0.1:\(server.port)"))
        let outcome = await transport.send(request)
        #expect(outcome.summary == "not sent: proxy")
        let received = try #require(server.requests.first)
        #expect(received.head.hasPrefix("CONNECT issuer.invalid:443 HTTP/1.1\r\n"))
        #expect(!received.head.contains("canary"))
        #expect(server.requests.count == 1)
    }

    @Test(
        "a proxy that cannot be used is named as the fault, without its password",
        arguments: ["gopher://user:canary@127.0.0.1:1", "http://user:canary@proxy.invalid:1", "http://user:canary@[:1"]
    )
    func unusable(url: String) async throws {
        let transport = try Transport(userAgent: "tokend/test", proxy: Proxy(url: url))
        let outcome = await transport.send(request)
        #expect(outcome.summary.hasPrefix("not sent: "))
        let error = try #require(outcome.error)
        #expect(error.message.contains("proxy"))
        var dumped = ""
        dump(error, to: &dumped)
        #expect(!dumped.contains("canary"))
    }

    @Test("loopback hosts and exceptions are reached without the proxy")
    func bypass() async throws {
        let proxy = try ScriptedServer(.read)
        let server = try ScriptedServer(.read, .write(ok("direct")))
        let url = "http://127.0.0.1:\(proxy.port)"
        let transport = try Transport(userAgent: "tokend/test", proxy: Proxy(url: url, exceptions: "issuer.invalid"))
        #expect(await transport.send(TransportRequest(head: head(.post, port: server.port))).text == "direct")
        let tls = TransportRequest(head: head(.post, scheme: "https", port: server.port), timeout: .milliseconds(300))
        #expect(await transport.send(tls).error?.code != .proxy)
        #expect(await transport.send(request).summary == "not sent: dns")
        #expect(proxy.connections == 0)
    }
}
