import HTTPTypes
import OAuth
import Testing

@Suite("An issuer")
struct IssuerTests {
    @Test(
        "is asked for its metadata at two places",
        arguments: [
            (
                "https://example.com", "https://example.com/.well-known/openid-configuration",
                "https://example.com/.well-known/oauth-authorization-server"
            ),
            (
                "https://example.com/", "https://example.com/.well-known/openid-configuration",
                "https://example.com/.well-known/oauth-authorization-server"
            ),
            (
                "https://example.com/issuer1", "https://example.com/issuer1/.well-known/openid-configuration",
                "https://example.com/.well-known/oauth-authorization-server/issuer1"
            ),
            (
                "http://127.0.0.1:8080/a/b/", "http://127.0.0.1:8080/a/b/.well-known/openid-configuration",
                "http://127.0.0.1:8080/.well-known/oauth-authorization-server/a/b"
            ),
        ]
    )
    func places(identifier: String, openIDConnect: String, oauth: String) throws {
        let issuer = try Issuer(identifier)
        let requests = Issuer.WellKnown.allCases.map { issuer.metadataRequest(at: $0, caFile: "/ca.pem") }
        #expect(requests.map(\.url) == [openIDConnect, oauth])
        #expect(requests.allSatisfy { $0.head.method == .get && $0.body.isEmpty && $0.caFile == "/ca.pem" })
        #expect(requests.allSatisfy { $0.head.headerFields[.accept] == "application/json" })
    }

    @Test(
        "is an https URL without query and fragment",
        arguments: ["http://example.com", "https://example.com?a", "x"]
    )
    func identifier(text: String) {
        #expect(failure { () throws(Failure) in try Issuer(text) }?.code == "invalid_address")
    }

    @Test("publishes metadata of which unknown members are ignored and known ones of a wrong type are missing")
    func metadata() throws {
        let metadata = try Issuer("https://example.com").readMetadata(
            .example(
                """
                {"issuer": "https://example.com", "token_endpoint": "https://example.com/token",
                 "device_authorization_endpoint": "https://example.com/device",
                 "authorization_endpoint": "https://example.com/authorize", "revocation_endpoint": 7,
                 "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
                 "jwks_uri": "https://example.com/keys", "mtls_endpoint_aliases": {"token_endpoint": []}}
                """
            )
        )
        #expect(
            metadata
                == IssuerMetadata(
                    issuer: "https://example.com",
                    tokenEndpoint: "https://example.com/token",
                    deviceAuthorizationEndpoint: "https://example.com/device",
                    authorizationEndpoint: "https://example.com/authorize",
                    revocationEndpoint: nil,
                    tokenEndpointAuthMethods: ["client_secret_post", "private_key_jwt"]
                )
        )
    }

    @Test("that does not say how clients authenticate means client_secret_basic")
    func silence() throws {
        let metadata = try Issuer("https://example.com").readMetadata(.example(#"{"issuer": "https://example.com"}"#))
        #expect(metadata == IssuerMetadata(issuer: "https://example.com"))
        #expect(metadata.tokenEndpointAuthMethods == ["client_secret_basic"])
    }

    @Test(
        "must be named by its metadata byte for byte",
        arguments: [
            ("https://example.com", "https://example.com/"), ("https://example.com", "https://EXAMPLE.com"),
            ("https://example.com", "https://evil.example"),
            // Equal to Swift, for the Kelvin sign is canonically a K.
            ("https://example.com/K", "https://example.com/\u{212A}"),
        ]
    )
    func mismatch(configured: String, published: String) throws {
        let issuer = try Issuer(configured)
        let failure = try #require(
            failure { () throws(Failure) in try issuer.readMetadata(.example(#"{"issuer": "\#(published)"}"#)) }
        )
        #expect(failure.class == .misconfigured)
        #expect(failure.code == "issuer_mismatch")
        #expect(failure.detail.contains(configured) && failure.detail.contains(published))
    }

    @Test(
        "whose metadata cannot be had leaves the waiting request unsent",
        arguments: [
            (404, "not found", "http_404"), (503, "", "http_503"), (302, "", "redirect"), (200, "", "not_json"),
            (200, "<!DOCTYPE html>", "not_json"), (200, "[]", "not_json"), (200, "{}", "invalid_reply"),
            (200, #"{"issuer": null}"#, "invalid_reply"),
        ]
    )
    func unreadable(status: Int, body: String, code: String) throws {
        let issuer = try Issuer("https://example.com")
        let failure = try #require(
            failure { () throws(Failure) in try issuer.readMetadata(.example(status, body, [.retryAfter: "7"])) }
        )
        #expect(failure.code == code)
        #expect(failure.class.outcome == .notSent)
        #expect(failure.class.retryAfter == ([404, 503].contains(status) ? .seconds(7) : nil))
    }
}
