import HTTPTypes
import OAuth
import Testing

@Suite("Token requests")
struct TokenRequestTests {
    @Test(
        "have the form that the RFCs show",
        arguments: [
            // RFC 6749 section 6
            (
                TokenRequest(.refreshToken(Secret("tGzv3JOkF0XG5Qx2TlKWIA"))),
                "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA"
            ),
            // RFC 6749 section 4.4.2
            (TokenRequest(.clientCredentials), "grant_type=client_credentials"),
            // RFC 8628 section 3.4
            (
                TokenRequest(.deviceCode(Secret("GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"))),
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
                    + "&device_code=GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"
            ),
            (
                TokenRequest(
                    .clientCredentials,
                    variant: TokenVariant(
                        scope: Scope(["write", "read"]),
                        audience: ["b", "a"],
                        resource: ["https://two.example/x?y", "https://one.example/"]
                    )
                ),
                "grant_type=client_credentials&scope=write+read&audience=a&audience=b"
                    + "&resource=https%3A%2F%2Fone.example%2F&resource=https%3A%2F%2Ftwo.example%2Fx%3Fy"
            ),
        ]
    )
    func form(request: TokenRequest, expected: String) {
        #expect(String(decoding: request.form.bytes, as: UTF8.self) == expected)
    }

    @Test("encode every byte that is not a letter, a digit or one of *-._")
    func encoding() {
        var encoded: [UInt8] = []
        Form.encode(UInt8.min...UInt8.max, into: &encoded)
        let text = String(decoding: encoded, as: UTF8.self)
        #expect(text.hasPrefix("%00%01") && text.hasSuffix("%FE%FF"))
        #expect(text.contains("%1F+%21%22%23%24%25%26%27%28%29*%2B%2C-.%2F0123456789%3A%3B%3C%3D%3E%3F%40ABC"))
        #expect(text.contains("XYZ%5B%5C%5D%5E_%60abc") && text.contains("xyz%7B%7C%7D%7E%7F%80"))
    }

    @Test("are posted to the endpoint, ask for JSON and name the client")
    func posted() throws {
        let request = EndpointRequest(
            posting: TokenRequest(.clientCredentials).form,
            to: try EndpointAddress("https://example.com/token?tenant=1"),
            as: .none(clientID: "abc"),
            caFile: "/ca.pem"
        )
        #expect(request.head.method == .post)
        #expect(request.url == "https://example.com/token?tenant=1")
        #expect(request.head.headerFields[.contentType] == "application/x-www-form-urlencoded")
        #expect(request.head.headerFields[.accept] == "application/json")
        #expect(request.form == "grant_type=client_credentials&client_id=abc")
        #expect(request.caFile == "/ca.pem")
    }
}
