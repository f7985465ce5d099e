import IdentityCenter
import OAuth
import Testing

@Suite("Secrets of IAM Identity Center")
struct SecrecyTests {
    /// Every value of SSO-OIDC and its providers that can hold a secret, filled with the canary in each place.
    private static func values() throws -> [Any] {
        let canary = Secret("canary")
        let client = ClientRegistration(clientID: "c", clientSecret: canary)
        let code = AuthorizationCode(code: canary, redirectURI: "r", verifier: canary, client: client)
        let signer = SigningCredentials(accessKeyID: "id", secretAccessKey: canary, sessionToken: canary)
        let ingredients = Ingredients(
            now: Scene.now,
            clientRegistration: client,
            assertion: canary,
            signingCredentials: signer
        )
        let provider = try Scene.provider()
        let application = try Scene.application(.jwtBearer(assertion: .file(path: "/a")))
        let oidc = try Scene.oidc()
        let start = StartDeviceAuthorization(client: client, startURL: "https://corp.awsapps.com/start")
        let grants: [CreateToken.Grant] = [.deviceCode(canary), .authorizationCode(code), .refreshToken(canary)]
        let signedGrants: [CreateTokenWithIAM.Grant] = [
            .authorizationCode(code), .refreshToken(canary), .jwtBearer(assertion: canary),
            .tokenExchange(subjectToken: canary, subjectTokenType: "t", requestedTokenType: nil),
        ]
        let body = """
            {"accessToken": "canary", "refreshToken": "canary", "idToken": "canary", "expiresIn": 60,
             "awsAdditionalDetails": {"identityContext": "canary"}}
            """
        let reply = Scene.reply(200, body)
        let registered = Scene.reply(200, #"{"clientId": "c", "clientSecret": "canary"}"#)
        let refused = Scene.reply(400, #"{"error": "invalid_grant", "accessToken": "canary"}"#)
        return [
            start, start.request(to: oidc), provider, application, reply, registered, refused, ingredients,
            try provider.readRegistration(registered),
            try provider.read(reply, to: .refreshToken(canary, client: client)),
            try application.read(reply, to: .assertion),
            try application.request(.assertion, .standard, with: ingredients),
            try #require(try provider.revocation(of: canary, with: ingredients)) as Any,
            try #require(ServiceError(refused)),
            provider.readDevicePoll(reply), provider.readDevicePoll(refused),
            refusal { () throws(Failure) in try provider.read(refused, to: .refreshToken(canary)) } as Any,
        ]
            + grants.flatMap { grant -> [Any] in
                let message = CreateToken(grant, client: client)
                return [grant, message, message.request(to: oidc)]
            }
            + signedGrants.flatMap { grant -> [Any] in
                let message = CreateTokenWithIAM(grant, application: Scene.applicationARN)
                return [grant, message, message.request(to: oidc)]
            }
    }

    @Test("appear in no rendering of any value that holds one (behaviour 37)")
    func canary() throws {
        // The canary itself, and as the list of its bytes.
        let tells = ["canary", "99, 97, 110, 97", "- 99\n"]
        for value in try Self.values() {
            var dumped = ""
            dump(value, to: &dumped)
            let renderings = [
                dumped, "\(value)", String(reflecting: value),
                "\(Mirror(reflecting: value).children.map { "\($0.value)" })",
            ]
            for rendering in renderings {
                for tell in tells { #expect(!rendering.contains(tell), "\(type(of: value))") }
            }
        }
    }
}
