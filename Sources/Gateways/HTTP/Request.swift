internal import LocalAPI
internal import NIOCore
internal import NIOHTTP1

/// A request as far as the API reads it.
struct Request: Sendable {
    /// What is asked: something of the API, or something that is refused whatever the body says.
    enum Demand: Sendable {
        case route(Route)
        case refused(Reply)
    }

    var demand: Demand
    /// How the reader of a token wants to see it.
    var form = TokenForm.json
    /// Whether the connection closes after the reply.
    var isLast = false
    /// Whether more bytes than were read may come from the client before it sees the reply.
    var lingers = false
    /// Whether the reply is sent without its body.
    var omitsBody = false
    /// After which event a stream goes on.
    var lastEventID: UInt64?
    var body = ByteBuffer()
}

extension Request {
    /// A request that cannot be read or may not be made: the connection closes after the problem.
    static func refused(_ problem: Problem, omitsBody: Bool = false) -> Request {
        Request(demand: .refused(.problem(problem)), isLast: true, lingers: true, omitsBody: omitsBody)
    }

    /// Reads the head of a request.
    ///
    /// What a browser would send on behalf of a page is refused, and so is a request that was meant for another server.
    init(_ head: HTTPRequestHead, limits: Limits) {
        if let problem = head.objection(limits) {
            self = .refused(problem, omitsBody: head.method == .HEAD)
            return
        }
        do throws(Problem) {
            demand = .route(try Route(method: head.method.rawValue, target: head.uri))
        } catch {
            let allowed = error.code == .methodNotAllowed ? Route.methods(of: head.uri) : []
            demand = .refused(.problem(error, allowed: allowed))
        }
        form = TokenForm(accept: head.headers[canonicalForm: "accept"])
        // After an upgrade that did not happen the decoder reads no further.
        isLast = !head.isKeepAlive || head.headers.contains(name: "upgrade") || head.method == .CONNECT
        omitsBody = head.method == .HEAD
        lastEventID = head.headers.first(name: "last-event-id").flatMap { UInt64($0) }
    }
}

extension Request {
    /// A plain request as any other, for when it cannot be answered from the published table.
    init(_ request: PlainTokenRequest) {
        demand = .route(.token(account: request.account, TokenQuery()))
        form = request.form
        isLast = request.isLast
    }
}

extension HTTPRequestHead {
    /// Why the request may not be made, whatever it asks.
    fileprivate func objection(_ limits: Limits) -> Problem? {
        for name in ["origin", "referer"] where headers.contains(name: name) {
            return Problem(.forbidden, "requests of web pages are refused (\(name))")
        }
        let hosts = headers["host"]
        guard hosts.count <= 1 else { return Problem(.invalidRequest, "there must be one Host") }
        guard ["", "tokend", "localhost"].contains(hosts.first?.lowercased() ?? "") else {
            return Problem(.forbidden, "the Host must be tokend, localhost or empty")
        }
        if let length = headers.first(name: "content-length").flatMap({ Int($0) }), length > limits.bodySize {
            return .bodyTooLarge(limits)
        }
        return nil
    }
}

extension Problem {
    /// A body beyond the limit.
    static func bodyTooLarge(_ limits: Limits) -> Problem {
        Problem(.tooLarge, "a request body has at most \(limits.bodySize) bytes")
    }

    /// A request that the decoder could not read.
    static func unreadable(_ error: HTTPParserError, _ limits: Limits) -> Problem {
        switch error {
        case .headerOverflow: Problem(.tooLarge, "a request head has at most \(limits.headSize) bytes")
        default: Problem(.invalidRequest, "this is not an HTTP/1.1 request")
        }
    }
}

extension TokenForm {
    /// Chooses by the `Accept` field: the first media range that names one of the two decides, JSON without one.
    init(accept ranges: [Substring]) {
        let types = ranges.lazy.map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
        let first = types.first { ["text/plain", "text/*", "application/json", "application/*", "*/*"].contains($0) }
        self = first?.hasPrefix("text/") == true ? .plain : .json
    }
}
