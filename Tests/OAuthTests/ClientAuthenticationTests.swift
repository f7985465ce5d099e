import FoundationEssentials
import HTTPTypes
import OAuth
import Testing

@Suite("Client authentication")
struct ClientAuthenticationTests {
    @Test(
        "is chosen from what the issuer offers",
        arguments: [
            (false, ["client_secret_basic"], .none), (false, [], .none),
            (true, [], .basic), (true, ["client_secret_basic"], .basic),
            (true, ["client_secret_post"], .post), (true, ["client_secret_post", "client_secret_basic"], .basic),
            (true, ["private_key_jwt"], .basic), (true, ["none"], .basic),
        ] as [(Bool, [String], ClientAuthenticationMethod)]
    )
    func choice(hasSecret: Bool, offered: [String], method: ClientAuthenticationMethod) {
        #expect(ClientAuthenticationMethod.chosen(hasSecret: hasSecret, offered: offered) == method)
    }

    @Test("has the configuration's words")
    func words() {
        #expect(ClientAuthenticationMethod.allCases.map(\.rawValue) == ["basic", "post", "none"])
    }

    @Test(
        "by header encodes id and secret before it joins them",
        arguments: [
            // RFC 6749 section 2.3.1
            ("s6BhdRkqt3", "gX1fBat3bV", "s6BhdRkqt3:gX1fBat3bV"),
            ("a:b", "c:d", "a%3Ab:c%3Ad"),
            ("name with space", "1+1=2&3", "name+with+space:1%2B1%3D2%263"),
            ("grün", "ключ%", "gr%C3%BCn:%D0%BA%D0%BB%D1%8E%D1%87%25"),
            ("A-Z.a_z*0", "~/", "A-Z.a_z*0:%7E%2F"),
        ]
    )
    func basic(id: String, secret: String, pair: String) throws {
        var fields = HTTPFields()
        var form = Form()
        ClientAuthentication.basic(clientID: id, secret: Secret(secret)).apply(to: &fields, &form)
        #expect(form.bytes.isEmpty)
        #expect(fields[.authorization] == "Basic " + Data(pair.utf8).base64EncodedString())
    }

    @Test("by header matches the example of RFC 6749")
    func example() {
        var fields = HTTPFields()
        var form = Form()
        ClientAuthentication.basic(clientID: "s6BhdRkqt3", secret: Secret("7Fjfp0ZBr1KtDRbnfVdmIw"))
            .apply(to: &fields, &form)
        #expect(fields[.authorization] == "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3")
    }

    @Test(
        "by form and by id alone leave the header empty",
        arguments: [
            (.post(clientID: "a b", secret: Secret("s&t")), "client_id=a+b&client_secret=s%26t"),
            (.none(clientID: "a b"), "client_id=a+b"),
        ] as [(ClientAuthentication, String)]
    )
    func inForm(client: ClientAuthentication, expected: String) {
        var fields = HTTPFields()
        var form = Form()
        client.apply(to: &fields, &form)
        #expect(fields.isEmpty)
        #expect(String(decoding: form.bytes, as: UTF8.self) == expected)
    }

    @Test("with a secret that is missing is a mistake of the configuration", arguments: ["basic", "post"])
    func missingSecret(word: String) throws {
        let method = try #require(ClientAuthenticationMethod(rawValue: word))
        let failure = try #require(
            failure { () throws(Failure) in try ClientAuthentication(method, clientID: "a", secret: nil) }
        )
        #expect(failure.class == .misconfigured)
        #expect(failure.detail.contains("client_secret"))
    }

    @Test("that is configured as none does not send a secret")
    func none() throws {
        let client = try ClientAuthentication(.none, clientID: "a", secret: Secret("s"))
        #expect(client == .none(clientID: "a"))
    }
}
