/// What the issuer saw of one request and made of it. Holds no secret: credentials go by their ticket's name.
package struct LogEntry: Sendable, Hashable {
    /// Counts from 1.
    package var number: Int
    /// When the request had come in whole; since 1970.
    package var at: Duration
    package var endpoint: Endpoint
    package var method: String
    package var path: String
    /// Who the client says it is, and how it shows that.
    package var client: String?
    package var authentication: String?
    /// The fields of the form; values of one name are joined by spaces.
    package var parameters: [String: String]
    /// The grant it is about; `nil` where there is none or none is known.
    package var grant: Int?
    /// Which refresh token of the grant was presented.
    package var generation: Int?
    /// How many token requests of the same grant were unanswered when this one had come, itself included.
    package var inFlight = 0
    /// The names of the tokens that were made.
    package var issued: [String] = []
    /// The status of the answer; `nil` when there is none.
    package var status: Int?
    /// The code of an OAuth error, whether sent or not.
    package var error: String?
    /// The fault that befell it.
    package var fault: String?

    package var grantType: GrantType? {
        (parameters["grant_type"] ?? parameters["grantType"]).flatMap(GrantType.init)
    }

    /// The parameters that hold credentials of the issuer's own.
    static let credentials = [
        "refresh_token", "device_code", "token", "refreshToken", "deviceCode", "code", "subjectToken",
    ]

    /// The control API's form.
    package var json: JSON {
        .object([
            "number": .integer(number),
            "at": .number("\(at / .seconds(1))"),
            "endpoint": .string(endpoint.rawValue),
            "method": .string(method),
            "path": .string(path),
            "client": .optional(client),
            "authentication": .optional(authentication),
            "parameters": .object(parameters.mapValues(JSON.string)),
            "grant": grant.map(JSON.integer) ?? .null,
            "generation": generation.map(JSON.integer) ?? .null,
            "in_flight": .integer(inFlight),
            "issued": .strings(issued),
            "status": status.map(JSON.integer) ?? .null,
            "error": .optional(error),
            "fault": .optional(fault),
        ])
    }
}

extension LogEntry: CustomStringConvertible {
    /// One line for people: `12:00:01 POST /token refresh_token rt-1.3 → 200 at-18.1.1795411980 rt-1.4`.
    package var description: String {
        let second = at.components.seconds % 86_400
        let time = [second / 3600, second / 60 % 60, second % 60]
            .map { ($0 < 10 ? "0" : "") + String($0) }
            .joined(separator: ":")
        let shown = (LogEntry.credentials + ["account_id", "role_name", "RoleArn"]).compactMap { parameters[$0] }
        let operation = endpoint.service == .oauth ? nil : endpoint.rawValue
        let asked = [time, method, path] + [operation, grantType?.word, client].compactMap(\.self) + shown
        let answered = [status.map(String.init) ?? "no answer", error].compactMap(\.self) + issued
        let line = asked.joined(separator: " ") + " → " + answered.joined(separator: " ")
        return fault.map { "\(line) (fault: \($0))" } ?? line
    }
}

extension GrantType {
    /// The last word of the name, short enough for a line.
    fileprivate var word: String { rawValue.split(separator: ":").last.map(String.init) ?? rawValue }
}

/// A refresh token that came back after its time (RFC 9700 section 4.14.2).
package struct Reuse: Sendable, Hashable {
    package var grant: Int
    package var generation: Int
    /// The newest generation at that moment.
    package var newest: Int
    /// The number of the request in the log.
    package var request: Int

    /// The control API's form.
    package var json: JSON {
        [
            "grant": .integer(grant), "generation": .integer(generation), "newest": .integer(newest),
            "request": .integer(request),
        ]
    }
}
