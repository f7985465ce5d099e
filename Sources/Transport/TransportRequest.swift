package import HTTPTypes

/// An HTTP request and the terms on which it is sent.
package struct TransportRequest: Sendable {
    /// Which connection carries the request.
    package enum Connection: Sendable, Hashable {
        /// A new one, closed afterwards. The request then reaches the server once at most: libcurl sends a request a
        /// second time, a POST included, when a connection that it used before dies without an answer.
        case fresh
        /// One left open by an earlier request, if there is one. Taken for GET and HEAD alone, since only those may be
        /// sent twice; any other method gets a fresh one.
        case reusable
    }

    /// What becomes of a redirect. One that is not followed is the answer, like any other status.
    package enum Redirects: Sendable, Hashable {
        case never
        /// GET and HEAD follow up to `limit` of them within the scheme, host and port of the request.
        case sameOrigin(limit: Int)
    }

    /// Method, scheme (`https`; `http` as `Target` allows it), authority, path with query, and header fields.
    package var head: HTTPRequest
    /// Often holds secrets. The transport wipes its own copy; the caller's is the caller's.
    package var body: [UInt8]
    /// A PEM file of trust anchors beside the system's.
    package var caFile: String?
    package var connection: Connection
    package var redirects: Redirects
    /// For everything together: the wait for a free connection, name, connection, redirects, the whole answer.
    package var timeout: Duration
    /// For each name look-up, connection and TLS handshake, within `timeout`.
    package var connectTimeout: Duration
    /// The largest body accepted, in bytes after decompression.
    package var maximumBody: Int

    package init(
        head: HTTPRequest,
        body: [UInt8] = [],
        caFile: String? = nil,
        connection: Connection = .fresh,
        redirects: Redirects = .never,
        timeout: Duration = .seconds(30),
        connectTimeout: Duration = .seconds(10),
        maximumBody: Int = 1024 * 1024
    ) {
        self.head = head
        self.body = body
        self.caFile = caFile
        self.connection = connection
        self.redirects = redirects
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maximumBody = maximumBody
    }

    /// Whether the request may be sent twice without harm, so that libcurl may reuse connections and redirects may be
    /// followed (RFC 9110 section 9.2.1).
    var isRepeatable: Bool { head.method == .get || head.method == .head }

    /// How many redirects may be followed.
    var redirectLimit: Int {
        switch redirects {
        case .sameOrigin(let limit) where isRepeatable: limit
        case .sameOrigin, .never: 0
        }
    }
}
