internal import FoundationEssentials
internal import LocalAPI
internal import NIOCore

/// The body of a request: a JSON object of the API, read strictly. A misspelt member must not ask for something else
/// than was meant.
struct RequestBody: Sendable {
    let bytes: ByteBuffer

    /// The login that is asked for; an empty body is the account's own flow.
    ///
    /// - Throws: `invalid_request` when it is not JSON of this form, names members that are not known, or contradicts
    ///   itself.
    func login() throws(Problem) -> LoginRequest {
        guard bytes.readableBytes > 0 else { return LoginRequest() }
        let request: LoginRequest = try read(members: LoginRequest.CodingKeys.allCases)
        if let objection = request.objection { throw Problem(.invalidRequest, objection) }
        return request
    }

    /// The role whose credentials are asked for.
    ///
    /// - Throws: `invalid_request` when it is not JSON of this form, names members that are not known, or cannot be the
    ///   role of an AWS account.
    func role() throws(Problem) -> RoleCredentialsRequest {
        let request: RoleCredentialsRequest = try read(members: RoleCredentialsRequest.CodingKeys.allCases)
        if let objection = request.objection { throw Problem(.invalidRequest, objection) }
        return request
    }

    private func read<Value: Decodable>(members: [some CodingKey]) throws(Problem) -> Value {
        let known = members.map(\.stringValue)
        let data = Data(bytes.readableBytesView)
        let strangers: Set<String>
        let value: Value
        do {
            strangers = try JSONDecoder().decode(Members.self, from: data).names.subtracting(known)
            value = try JSONDecoder().decode(Value.self, from: data)
        } catch {
            throw Problem(.invalidRequest, "the body must be a JSON object of \(known.joined(separator: ", "))")
        }
        guard strangers.isEmpty else {
            throw Problem(.invalidRequest, "unknown in this body: \(strangers.sorted().joined(separator: ", "))")
        }
        return value
    }
}

/// The names of the members of a JSON object.
private struct Members: Decodable {
    let names: Set<String>

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        names = Set(try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue))
    }
}
