import FoundationEssentials

/// An HTTP request as the issuer sees it.
package struct Request: Sendable, Hashable {
    package var method: String
    /// What stands behind the method in the first line.
    package var target: String
    /// The target without its query.
    package var path: String
    package var query: Form
    /// By lower-case name.
    package var headers: [String: String]
    package var body: [UInt8]

    package init(_ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8] = []) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        self.target = target
        path = parts.first.map(String.init) ?? ""
        query = Form(encoded: parts.count == 2 ? parts[1] : "")
        self.headers = headers
        self.body = body
    }

    /// The media type of the body without its parameters, in lower case.
    package var contentType: String? {
        headers["content-type"]?.split(separator: ";").first.map { $0.filter { $0 != " " }.lowercased() }
    }

    /// The fields of the body; none where the body is not a form.
    package var form: Form {
        contentType == "application/x-www-form-urlencoded"
            ? Form(encoded: String(decoding: body, as: UTF8.self)) : Form()
    }

    /// The body as JSON; `nil` when it is none.
    var json: JSON? { try? JSONDecoder().decode(JSON.self, from: Data(body)) }

    /// All that the request says by a name: in its form or its JSON object, else in its query.
    var parameters: Form {
        guard case .object(let members) = json else { return form.fields.isEmpty ? query : form }
        var parameters = Form()
        parameters.fields = members.flatMap { name, value -> [Form.Field] in
            switch value {
            case .array(let values): values.map { Form.Field(name: name, value: $0.plainText) }
            case .null: []
            default: [Form.Field(name: name, value: value.plainText)]
            }
        }
        return parameters
    }
}

/// An HTTP response as a value.
package struct Response: Sendable, Hashable {
    package var status: Int
    /// By name; the adapter adds `Content-Length`.
    package var headers: [String: String]
    package var body: [UInt8]

    package init(_ status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON body that no cache keeps (RFC 6749 section 5.1).
    package static func json(_ json: JSON, status: Int = 200, headers: [String: String] = [:]) -> Response {
        let own = ["Content-Type": "application/json", "Cache-Control": "no-store"]
        return Response(status, headers: own.merging(headers) { _, given in given }, body: Array(json.text.utf8))
    }

    /// The answer to a method that the endpoint does not know.
    package static func methodNotAllowed(allowed: String) -> Response {
        .json(
            ["error": "invalid_request", "error_description": .string("this endpoint takes \(allowed)")],
            status: 405,
            headers: ["Allow": allowed]
        )
    }
}
