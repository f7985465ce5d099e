import FoundationEssentials
package import HTTPTypes

/// How the client proves who it is, in the configuration's words.
package enum ClientAuthenticationMethod: String, Sendable, Hashable, CaseIterable {
    /// In the `Authorization` header; `client_secret_basic` in metadata.
    case basic
    /// In the form; `client_secret_post` in metadata.
    case post
    /// Not at all: a public client gives its id only.
    case none

    /// The word for it in an issuer's metadata and a client's registration (RFC 7591 section 2).
    package var registeredName: String {
        switch self {
        case .basic: "client_secret_basic"
        case .post: "client_secret_post"
        case .none: "none"
        }
    }

    /// Chooses for a client that is not told what to do. One with a secret takes `basic`, which every issuer has to
    /// support (RFC 6749 section 2.3.1), unless the issuer offers `post` and not `basic`.
    package static func chosen(hasSecret: Bool, offered: [String]) -> ClientAuthenticationMethod {
        guard hasSecret else { return .none }
        let offers = { (method: Self) in offered.contains(method.registeredName) }
        return offers(.post) && !offers(.basic) ? .post : .basic
    }
}

/// A client as it presents itself to the issuer (RFC 6749 section 2.3).
package enum ClientAuthentication: Sendable, Hashable {
    case basic(clientID: String, secret: Secret)
    case post(clientID: String, secret: Secret)
    case none(clientID: String)

    /// Puts a method and what it needs together.
    ///
    /// - Throws: a failure of class `misconfigured` when the method needs a secret and there is none.
    package init(_ method: ClientAuthenticationMethod, clientID: String, secret: Secret?) throws(Failure) {
        switch (method, secret) {
        case (.basic, let secret?): self = .basic(clientID: clientID, secret: secret)
        case (.post, let secret?): self = .post(clientID: clientID, secret: secret)
        case (.none, _): self = .none(clientID: clientID)
        case (.basic, nil), (.post, nil):
            throw Failure(
                .misconfigured,
                code: Failure.Code.noClientSecret,
                detail: "client_auth = \"\(method.rawValue)\" needs a client_secret"
            )
        }
    }

    /// Writes the client into a request: into its header or its form, never both.
    package func apply(to fields: inout HTTPFields, _ form: inout Form) {
        switch self {
        case .basic(let clientID, let secret):
            fields[.authorization] = Self.basicCredentials(clientID, secret)
        case .post(let clientID, let secret):
            form.append("client_id", clientID)
            form.append("client_secret", secret)
        case .none(let clientID):
            form.append("client_id", clientID)
        }
    }

    /// The value of the `Authorization` header. Id and secret are form-encoded before they are joined, so that a colon
    /// in the id or a letter beyond ASCII survives (RFC 6749 section 2.3.1).
    private static func basicCredentials(_ clientID: String, _ secret: Secret) -> String {
        var pair: [UInt8] = []
        Form.encode(clientID.utf8, into: &pair)
        pair.append(UInt8(ascii: ":"))
        secret.reveal { Form.encode($0, into: &pair) }
        return "Basic " + Data(pair).base64EncodedString()
    }
}
