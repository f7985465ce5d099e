import HTTPTypes
import Transport

/// A transport as the tests use it: no proxy, whatever the environment says.
func makeTransport(limits: Transport.Limits = Transport.Limits()) throws -> Transport {
    try Transport(userAgent: "tokend/test", proxy: nil, limits: limits)
}

/// The head of a request to a server on this machine.
func head(
    _ method: HTTPRequest.Method,
    scheme: String = "http",
    host: String = "127.0.0.1",
    port: UInt16,
    path: String = "/",
    fields: HTTPFields = [:]
) -> HTTPRequest {
    HTTPRequest(method: method, scheme: scheme, authority: "\(host):\(port)", path: path, headerFields: fields)
}

/// An answer on a connection that stays open.
func ok(_ body: String, status: String = "200 OK", fields: String = "") -> String {
    "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
}

extension Outcome {
    /// The outcome in two words: `answered 200`, `not sent: dns`, `unknown: timeout`.
    var summary: String {
        switch self {
        case .answered(let head, body: _): "answered \(head.status.code)"
        case .notSent(let error): "not sent: \(error.code.rawValue)"
        case .unknown(let error): "unknown: \(error.code.rawValue)"
        }
    }

    /// The body of an answer, as text.
    var text: String? {
        guard case .answered(_, body: let body) = self else { return nil }
        return String(decoding: body, as: UTF8.self)
    }

    /// The head of an answer.
    var head: HTTPResponse? {
        guard case .answered(let head, body: _) = self else { return nil }
        return head
    }

    var error: TransportError? {
        switch self {
        case .answered: nil
        case .notSent(let error), .unknown(let error): error
        }
    }
}
