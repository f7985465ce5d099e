import FoundationEssentials
import HTTPTypes
import IdentityCenter
import OAuth
import Testing

/// One of the four examples of CreateTokenWithIAM in AWS's own documentation.
struct Sample: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var request: JSON
    var response: JSON

    static let all = Result {
        try JSONDecoder().decode([Sample].self, from: Data(PackageResources.create_token_with_iam_json))
    }

    /// The example with this name, with the bytes of its answer.
    static func named(_ name: String) throws -> Sample {
        try #require(all.get().first { $0.name == name })
    }

    var testDescription: String { name }

    /// The moment at which the id tokens of the examples were issued.
    static let issued = Instant(wall: .seconds(1_579_725_929), boot: .seconds(10), bootID: "one")

    /// What has been fetched for the request.
    func ingredients(at now: Instant) -> Ingredients {
        Ingredients(
            now: now,
            assertion: (request["assertion"] ?? request["subjectToken"]).map { Secret($0) },
            signingCredentials: Scene.credentials
        )
    }
}

@Suite("The documented examples of CreateTokenWithIAM")
struct SampleTests {
    /// The account that an example could come from.
    private func provider(_ sample: Sample) throws -> IAMProvider {
        let grant: IAMProvider.Grant =
            switch sample.name {
            case "jwt_bearer": .jwtBearer(assertion: .file(path: "/assertion"))
            case "token_exchange":
                .tokenExchange(subjectToken: .file(path: "/token"), requestedTokenType: TokenTypeURN.accessToken)
            case "authorization_code": .authorizationCode
            default: .refreshToken
            }
        return try Scene.application(grant) {
            if sample.name == "authorization_code" { $0.scope = Scope(["openid", "aws", "sts:identity_context"]) }
        }
    }

    private func request(_ sample: Sample) throws -> EndpointRequest {
        let provider = try provider(sample)
        let ingredients = sample.ingredients(at: Scene.now)
        switch sample.name {
        case "authorization_code":
            let code = AuthorizationCode(
                code: Secret(try #require(sample.request["code"])),
                redirectURI: sample.request["redirectUri"]
            )
            return try provider.codeExchange(code, with: ingredients)
        case "refresh_token":
            let token = Secret(try #require(sample.request["refreshToken"]))
            return try provider.request(.refreshToken(token), .standard, with: ingredients)
        default:
            return try provider.request(try #require(provider.source), .standard, with: ingredients)
        }
    }

    @Test(
        "are the requests that we make",
        arguments: ["authorization_code", "refresh_token", "jwt_bearer", "token_exchange"]
    )
    func requests(name: String) throws {
        let sample = try Sample.named(name)
        let request = try request(sample)
        #expect(try request.json == sample.request)
        #expect(request.address == "https://oidc.us-east-1.amazonaws.com/token?aws_iam=t")
        #expect(request.head.method == .post)
        #expect(request.head.headerFields[.contentType] == "application/json")
        let authorization = try #require(request.head.headerFields[.authorization])
        #expect(authorization.contains("Credential=AKIDEXAMPLE/20261123/us-east-1/sso-oauth/aws4_request"))
    }

    @Test(
        "are answers that we read, their absolute time included (behaviour 6)",
        arguments: ["authorization_code", "refresh_token", "jwt_bearer", "token_exchange"]
    )
    func answers(name: String) throws {
        let sample = try Sample.named(name)
        let reply = Scene.reply(200, sample.response.text, sentAt: Sample.issued)
        let provider = try provider(sample)
        let tokens =
            switch name {
            case "authorization_code": try provider.readCodeExchange(reply)
            case "refresh_token": try provider.read(reply, to: .refreshToken(Secret("x")))
            case "jwt_bearer": try provider.read(reply, to: .assertion)
            default: try provider.read(reply, to: .subjectToken)
            }
        #expect(tokens.accessToken == Secret(try #require(sample.response["accessToken"])))
        #expect(tokens.refreshToken == sample.response["refreshToken"].map { Secret($0) })
        #expect((tokens.refreshToken == nil) == (name == "token_exchange"))
        #expect(tokens.idToken?.token == sample.response["idToken"].map { Secret($0) })
        #expect(tokens.tokenType == "Bearer")
        #expect(tokens.scope == Scope(["openid", "aws", "sts:identity_context"]))
        #expect(tokens.lifetime == .seconds(3600))
        #expect(tokens.lifetimeWasAbsolute)
        #expect(tokens.client == nil)
    }
}

extension JSON {
    /// The value written out; for documents without anything to escape.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .number(let number): "\(number)"
        case .text(let text): "\"\(text)\""
        case .list(let list): "[\(list.map(\.text).joined(separator: ","))]"
        case .object(let members): "{\(members.map { "\"\($0.key)\":\($0.value.text)" }.joined(separator: ","))}"
        }
    }
}
