import FoundationEssentials
import LocalAPI
import Testing

@Suite("The OpenAPI document")
struct OpenAPITests {
    private let document: JSON

    init() throws {
        document = try JSONDecoder().decode(JSON.self, from: Data(OpenAPI.document.utf8))
    }

    @Test("It is OpenAPI 3.1 with all that the specification asks for")
    func form() throws {
        #expect(document["openapi"] == .string("3.1.0"))
        #expect(document["info"]?["title"] == .string("tokend"))
        #expect(document["info"]?["version"]?.string != nil)
        for operation in operations.values {
            #expect(operation["operationId"]?.string != nil)
            #expect(operation["summary"]?.string?.isEmpty == false)
            let responses = try #require(operation["responses"]?.object)
            #expect(responses["default"] == .object(["$ref": .string("#/components/responses/Problem")]))
            #expect(responses.keys.contains { $0.hasPrefix("2") })
        }
        let names = operations.values.compactMap { $0["operationId"]?.string }
        #expect(Set(names).count == names.count)
    }

    @Test("Every reference leads somewhere")
    func references() {
        let references = document.everything.compactMap { $0["$ref"]?.string }
        #expect(!references.isEmpty)
        for reference in references {
            let target = reference.split(separator: "/").dropFirst().reduce(Optional(document)) { $0?[String($1)] }
            #expect(target != nil, "\(reference)")
        }
    }

    @Test("It describes every route, and nothing that is not one")
    func routes() throws {
        #expect(Set(operations.keys) == Set(RouteSample.all.map(\.operation)))
        for key in operations.keys {
            let words = key.split(separator: " ")
            var target = String(words[1]).replacing("{name}", with: "work").replacing("{id}", with: "7f")
            if target.hasSuffix("/aws/roles") { target += "?account_id=012345678901" }
            #expect(RouteSample(try Route(method: String(words[0]), target: target)).operation == key)
        }
    }

    @Test("It names every query parameter that is read")
    func parameters() throws {
        let samples = [
            "GET /v1/accounts/{name}/token", "GET /v1/logins/{id}", "POST /v1/accounts/{name}/aws/credentials",
            "GET /v1/accounts/{name}/aws/roles",
        ]
        for operation in samples {
            let words = operation.split(separator: " ")
            let path = String(words[1]).replacing("{name}", with: "work").replacing("{id}", with: "7f")
            let described = Set(
                (operations[operation]?["parameters"]?.array ?? []).filter { $0["in"] == .string("query") }
                    .compactMap { $0["name"]?.string }
            )
            // A refusal lists what is known.
            let problem = try #require(throws: Problem.self) {
                try Route(method: String(words[0]), target: "\(path)?x=1")
            }
            let known = try #require(problem.detail.split(separator: "known here: ").last).dropLast()
            #expect(described == Set(known.split(separator: ", ").map(String.init)))
        }
    }

    @Test("It names every problem code")
    func codes() {
        let codes = schema("Problem")?["properties"]?["code"]?["enum"]?.array.compactMap(\.string)
        #expect(codes == Problem.Code.allCases.map(\.rawValue))
    }

    @Test("It names every state")
    func states() {
        let accounts = schema("Account")?["properties"]?["state"]?["enum"]?.array.compactMap(\.string)
        #expect(accounts == AccountStatus.State.allCases.map(\.rawValue))
        let logins = schema("Login")?["properties"]?["state"]?["enum"]?.array.compactMap(\.string)
        #expect(logins == LoginStatus.State.allCases.map(\.rawValue))
    }

    @Test("Its schemas have the members that are on the wire, and demand those that always are", arguments: Sample.all)
    func members(sample: Sample) throws {
        let members = try #require(schema(sample.schema))
        let described = Set(members["properties"]?.object.keys ?? [:].keys)
        let required = Set(members["required"]?.array.compactMap(\.string) ?? [])
        #expect(described == Set(try sample.most().object.keys))
        #expect(required == Set(try sample.least().object.keys))
    }

    private func schema(_ name: String) -> JSON? { document["components"]?["schemas"]?[name] }

    /// The operations by method and path, `GET /v1/accounts`.
    private var operations: [String: JSON] {
        var operations: [String: JSON] = [:]
        for (path, item) in document["paths"]?.object ?? [:] {
            for (method, operation) in item.object where method != "parameters" {
                operations["\(method.uppercased()) \(path)"] = operation
            }
        }
        return operations
    }
}

/// How a route stands in the document. The switch fails to compile when a route is added.
private struct RouteSample {
    let operation: String

    init(_ route: Route) {
        operation =
            switch route {
            case .token: "GET /v1/accounts/{name}/token"
            case .accounts: "GET /v1/accounts"
            case .account: "GET /v1/accounts/{name}"
            case .refresh: "POST /v1/accounts/{name}/refresh"
            case .login: "POST /v1/accounts/{name}/login"
            case .logout: "DELETE /v1/accounts/{name}/tokens"
            case .roleCredentials: "POST /v1/accounts/{name}/aws/credentials"
            case .awsAccounts: "GET /v1/accounts/{name}/aws/accounts"
            case .awsRoles: "GET /v1/accounts/{name}/aws/roles"
            case .loginStatus: "GET /v1/logins/{id}"
            case .cancelLogin: "DELETE /v1/logins/{id}"
            case .events: "GET /v1/events"
            case .status: "GET /v1/status"
            case .metrics: "GET /metrics"
            case .reload: "POST /v1/reload"
            case .openAPI: "GET /openapi.json"
            }
    }

    static let all: [RouteSample] = [
        .token(account: "work", TokenQuery()), .accounts, .account("work"), .refresh(account: "work"),
        .login(account: "work"), .logout(account: "work"), .roleCredentials(account: "work", wait: 30),
        .awsAccounts(account: "work"), .awsRoles(account: "work", accountID: "012345678901"),
        .loginStatus(id: "7f", wait: 0), .cancelLogin(id: "7f"), .events, .status, .metrics,
        .reload, .openAPI,
    ].map(RouteSample.init)
}
