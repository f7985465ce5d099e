/// One request to the daemon, as a value: HTTP/1.1 over the socket, one request a connection.
package struct Request: Sendable, Hashable {
    package enum Method: String, Sendable, Hashable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    package var method: Method
    /// Path and query, already encoded.
    package var target: String
    /// The media type of the answer.
    package var accept: String
    /// For event streams: the event after which to go on.
    package var lastEventID: UInt64?
    /// JSON; `nil` sends none.
    package var body: [UInt8]?
    /// Seconds until the reply must be whole; of an event stream, until it must have begun.
    package var timeout: Int

    package init(
        _ method: Method,
        _ target: String,
        accept: String = "application/json",
        lastEventID: UInt64? = nil,
        body: [UInt8]? = nil,
        timeout: Int = Request.promptly
    ) {
        self.method = method
        self.target = target
        self.accept = accept
        self.lastEventID = lastEventID
        self.body = body
        self.timeout = timeout
    }

    /// Seconds for what the daemon answers out of its memory: enough for systemd to start it first.
    package static var promptly: Int { 30 }

    /// Seconds for what keeps a person from leaving, or from typing on.
    package static var briefly: Int { 2 }

    /// Seconds for what waits for an issuer: several requests of the daemon's, each with deadlines of its own.
    package static var issuer: Int { 180 }

    /// The bytes that go over the socket.
    package var wire: [UInt8] {
        var head = "\(method.rawValue) \(target) HTTP/1.1\r\nHost: tokend\r\nAccept: \(accept)\r\nConnection: close\r\n"
        if let lastEventID { head += "Last-Event-ID: \(lastEventID)\r\n" }
        if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
        head += "\r\n"
        return Array(head.utf8) + (body ?? [])
    }
}

/// The body may hold a refresh token, so it is never shown.
extension Request: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(method.rawValue) \(target)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
