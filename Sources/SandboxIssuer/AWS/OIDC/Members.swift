import FoundationEssentials

/// The members of a JSON object that a client of SSO-OIDC has sent. A `null` counts as not sent.
struct Members: Sendable, Hashable {
    private var object: [String: JSON]

    init(_ request: Request) throws(OAuthError) {
        guard case .object(let object) = request.json else { throw .invalidRequest("the body must be a JSON object") }
        self.object = object
    }

    /// A text that may be missing.
    func text(_ name: String) throws(OAuthError) -> String? {
        switch object[name] {
        case .string(let text): return text
        case nil, .null: return nil
        default: throw .invalidRequest("\(name) must be a string")
        }
    }

    /// A text that must be there, and must not be empty.
    func required(_ name: String) throws(OAuthError) -> String {
        guard let text = try text(name), !text.isEmpty else { throw .invalidRequest("\(name) is missing") }
        return text
    }

    /// A list of texts that may be missing.
    func texts(_ name: String) throws(OAuthError) -> [String]? {
        switch object[name] {
        case .array(let values):
            var texts: [String] = []
            for value in values {
                guard case .string(let text) = value else { throw .invalidRequest("\(name) must be a list of strings") }
                texts.append(text)
            }
            return texts
        case nil, .null: return nil
        default: throw .invalidRequest("\(name) must be a list of strings")
        }
    }
}
