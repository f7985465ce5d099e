import FoundationEssentials
import HTTPTypes
import IdentityCenter
import OAuth

/// Values that the tests of SSO-OIDC have in common.
enum Scene {
    /// 2026-11-23T05:33:00Z.
    static let now = Instant(wall: .seconds(1_795_411_980), boot: .seconds(5000), bootID: "one")
    static let applicationARN = "arn:aws:sso::123456789012:application/ssoins-111111111111/apl-222222222222"
    static let client = ClientRegistration(clientID: "client-1", clientSecret: Secret("canary-client-secret"))
    static let credentials = SigningCredentials(
        accessKeyID: "AKIDEXAMPLE",
        secretAccessKey: Secret("canary-secret-key"),
        sessionToken: Secret("canary-session-token")
    )

    static func region(_ name: String = "us-east-1") throws -> Region { try Region(name) }

    static func oidc(_ region: String = "us-east-1", override: String? = nil) throws -> Endpoint {
        try Endpoint(.oidc, in: Region(region), override: override)
    }

    static func portal(_ region: String = "us-east-1") throws -> Endpoint { try Endpoint(.portal, in: Region(region)) }

    /// A person's account, with a change.
    static func provider(
        _ change: (inout IdentityCenterProvider.Configuration) throws -> Void = { _ in }
    ) throws -> IdentityCenterProvider {
        var configuration = IdentityCenterProvider.Configuration(
            startURL: "https://corp.awsapps.com/start",
            oidc: try oidc(),
            portal: try portal()
        )
        try change(&configuration)
        return IdentityCenterProvider(configuration)
    }

    /// An application's account, with a change.
    static func application(
        _ grant: IAMProvider.Grant = .refreshToken,
        _ change: (inout IAMProvider.Configuration) throws -> Void = { _ in }
    ) throws -> IAMProvider {
        var configuration = IAMProvider.Configuration(application: applicationARN, grant: grant, oidc: try oidc())
        try change(&configuration)
        return IAMProvider(configuration)
    }

    /// A reply as the service would send it at the moment of the scene.
    static func reply(
        _ status: Int,
        _ body: String,
        _ fields: [String: String] = [:],
        sentAt: Instant = now
    ) -> EndpointReply {
        var headerFields: HTTPFields = [.contentType: "application/json"]
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { headerFields[name] = value }
        }
        return EndpointReply(
            head: HTTPResponse(status: .init(code: status), headerFields: headerFields),
            body: Array(body.utf8),
            sentAt: sentAt
        )
    }

    /// An error as SSO-OIDC sends it: an exception's name in the header and a word in the body.
    static func error(_ name: String, _ word: String, status: Int = 400, _ more: String = "") -> EndpointReply {
        reply(
            status,
            #"{"error":"\#(word)","error_description":"What AWS says."\#(more)}"#,
            ["x-amzn-ErrorType": "\(name):http://internal.amazon.com/coral/com.amazonaws.sso.oidc/"]
        )
    }
}

/// What a call throws; `nil` when it succeeds.
func refusal<Value>(of call: () throws(Failure) -> Value) -> Failure? {
    do throws(Failure) {
        _ = try call()
        return nil
    } catch {
        return error
    }
}

/// A JSON value, to compare documents whatever the order of their members.
enum JSON: Decodable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(_ bytes: [UInt8]) throws { self = try JSONDecoder().decode(JSON.self, from: Data(bytes)) }

    init(_ text: String) throws { try self.init(Array(text.utf8)) }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    /// The members of an object.
    var members: [String: JSON] {
        guard case .object(let members) = self else { return [:] }
        return members
    }

    /// A member's text.
    subscript(name: String) -> String? {
        guard case .text(let text) = members[name] else { return nil }
        return text
    }
}

extension EndpointRequest {
    /// Where it goes.
    var address: String { "\(head.scheme ?? "")://\(head.authority ?? "")\(head.path ?? "")" }
    /// The object in it.
    var json: JSON { get throws { try JSON(body) } }
}
