import SandboxIssuer
import Testing

@Suite("Discovery")
struct MetadataTests {
    private struct Metadata: Decodable {
        var issuer: String
        var tokenEndpoint: String
        var deviceAuthorizationEndpoint: String
        var revocationEndpoint: String
        var jwksUri: String
        var userinfoEndpoint: String
        var tokenEndpointAuthMethodsSupported: [String]
    }

    struct Place: Sendable {
        var publicURL: String?
        var path = ""
        var documents: [String]
        var issuer: String
    }

    @Test(
        "names endpoints that answer, wherever the issuer is",
        arguments: [
            Place(
                documents: ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"],
                issuer: "http://127.0.0.1:8484"
            ),
            Place(
                path: "/realms/one",
                documents: [
                    "/realms/one/.well-known/openid-configuration",
                    "/.well-known/oauth-authorization-server/realms/one",
                ],
                issuer: "http://127.0.0.1:8484/realms/one"
            ),
            Place(
                publicURL: "https://login.test:8443",
                documents: ["/.well-known/openid-configuration"],
                issuer: "https://login.test:8443"
            ),
        ]
    )
    func places(place: Place) throws {
        var scene = Scene {
            $0.publicURL = place.publicURL
            $0.path = place.path
        }
        for document in place.documents {
            let response = scene.send(Request("GET", document)).response
            #expect(response.status == 200)
            let metadata = try response.json(Metadata.self)
            #expect(metadata.issuer == place.issuer)
            #expect(
                metadata.tokenEndpointAuthMethodsSupported == ["client_secret_basic", "client_secret_post", "none"]
            )
            let origin = place.publicURL ?? "http://127.0.0.1:8484"
            for address in [
                metadata.tokenEndpoint, metadata.deviceAuthorizationEndpoint, metadata.revocationEndpoint,
                metadata.jwksUri, metadata.userinfoEndpoint,
            ] {
                #expect(address.hasPrefix(place.issuer + "/"))
                let path = String(address.dropFirst(origin.count))
                #expect(scene.send(Request("GET", path)).response.status != 404)
            }
        }
    }

    @Test("is read only, and nothing else is there")
    func elsewhere() {
        var scene = Scene { $0.path = "/one" }
        #expect(scene.send(Request("POST", "/one/.well-known/openid-configuration")).response.status == 405)
        #expect(scene.send(Request("GET", "/.well-known/openid-configuration")).response.status == 404)
        #expect(scene.send(Request("GET", "/")).response.status == 404)
        #expect(scene.machine.log.map(\.endpoint) == [.metadata, .unknown, .unknown])
    }

    @Test("offers only the ways of authentication that some client has")
    func methods() throws {
        var scene = Scene { $0.clients = [.public("only")] }
        let metadata: Metadata = try scene.send(Request("GET", "/.well-known/openid-configuration")).response.json()
        #expect(metadata.tokenEndpointAuthMethodsSupported == ["none"])
    }
}
