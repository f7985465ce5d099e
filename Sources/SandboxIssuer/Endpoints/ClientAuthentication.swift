import FoundationEssentials

/// Who a request says its client is, before anyone has checked it (RFC 6749 section 2.3).
struct PresentedClient {
    var id: String?
    var secret: String?
    /// `nil` when it presents nothing, or in two ways at once.
    var method: ClientAuthenticationMethod?
    /// Whether it used two ways at once, which RFC 6749 section 2.3 forbids.
    var isTwofold = false

    init(_ request: Request) {
        let form = request.form
        id = form["client_id"]
        secret = form["client_secret"]
        method = secret != nil ? .post : id != nil ? ClientAuthenticationMethod.none : nil
        guard let (user, password) = PresentedClient.basic(request.headers["authorization"]) else { return }
        isTwofold = secret != nil || id.map { $0 != user } ?? false
        (id, secret, method) = (user, password, isTwofold ? nil : .basic)
    }

    /// The two halves of HTTP Basic, form-decoded as RFC 6749 section 2.3.1 wants.
    private static func basic(_ header: String?) -> (user: String, password: String)? {
        guard let header, header.lowercased().hasPrefix("basic "),
            let bytes = Data(base64Encoded: String(header.dropFirst(6)))
        else { return nil }
        let halves = String(decoding: bytes, as: UTF8.self).split(
            separator: ":",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        return halves.count == 2 ? (Form.decoded(halves[0]), Form.decoded(halves[1])) : nil
    }
}

extension IssuerMachine {
    /// Reads the form of a request to one of the OAuth endpoints.
    func oauthForm(_ request: Request) throws(OAuthError) -> Form {
        guard request.method == "POST" else {
            throw OAuthError("invalid_request", "use POST", status: 405, headers: ["Allow": "POST"])
        }
        guard request.contentType == "application/x-www-form-urlencoded" else {
            throw .invalidRequest("the body must be application/x-www-form-urlencoded")
        }
        let form = request.form
        let once = form.fields.map(\.name).filter { $0 != "resource" && $0 != "audience" }
        guard Set(once).count == once.count else { throw .invalidRequest("a parameter is there twice") }
        return form
    }

    /// Finds the registered client that a request comes from, and makes sure that it is the one.
    func authenticatedClient(_ request: Request) throws(OAuthError) -> Client {
        let presented = PresentedClient(request)
        guard !presented.isTwofold else { throw .invalidRequest("the client authenticates in two ways") }
        guard let method = presented.method, let id = presented.id else {
            throw invalidClient("the request names no client", request)
        }
        guard let client = configuration.clients.first(where: { $0.id == id }) else {
            throw invalidClient("no such client", request)
        }
        guard client.authentication.contains(method) else {
            throw invalidClient("the client may not authenticate by \(method.rawValue)", request)
        }
        guard method == .none || client.secret == presented.secret else {
            throw invalidClient("the client secret is wrong", request)
        }
        return client
    }

    private func invalidClient(_ description: String, _ request: Request) -> OAuthError {
        let challenge = ["WWW-Authenticate": #"Basic realm="sandbox""#]
        return OAuthError(
            "invalid_client",
            description,
            status: 401,
            headers: request.headers["authorization"] == nil ? [:] : challenge
        )
    }
}
