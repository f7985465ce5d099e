package import HTTPTypes

/// What became of a request. The caller must know whether the server may have acted on it: a rotating refresh token may
/// be used up by a request whose answer never came.
package enum Outcome: Sendable {
    /// Not a byte of the request left this machine.
    case notSent(TransportError)
    /// A whole answer came, of whatever status. The body is decompressed; the header fields are as the server sent them,
    /// `Content-Encoding` included. A body that only the end of the connection ends counts as whole, so a reader must be
    /// able to tell half a body from a whole one, as JSON does.
    case answered(HTTPResponse, body: [UInt8])
    /// Some of the request was sent and no whole answer came: the server may have acted on it or not.
    case unknown(TransportError)
}

/// One exchange with a server: its outcome, and where it redirects to.
struct Answer: Sendable {
    var outcome: Outcome
    /// The absolute URL that a 301, 302, 303, 307 or 308 names.
    var redirect: String?

    init(_ outcome: Outcome, redirect: String? = nil) {
        self.outcome = outcome
        self.redirect = redirect
    }

    /// An exchange that was given up.
    init(_ error: TransportError, requestSent: Bool) {
        self.init(requestSent ? .unknown(error) : .notSent(error))
    }
}
