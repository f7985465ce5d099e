package import HTTPTypes

/// An HTTP request as a value.
package struct EndpointRequest: Sendable {
    package var head: HTTPRequest
    /// Often holds secrets.
    package var body: [UInt8]
    /// A file of trust anchors beside the system's.
    package var caFile: String?

    package init(head: HTTPRequest, body: [UInt8] = [], caFile: String? = nil) {
        self.head = head
        self.body = body
        self.caFile = caFile
    }
}

/// An HTTP reply as a value, with the moment at which its request was sent: lifetimes count from then.
package struct EndpointReply: Sendable {
    package var head: HTTPResponse
    package var body: [UInt8]
    package var sentAt: Instant

    package init(head: HTTPResponse, body: [UInt8], sentAt: Instant) {
        self.head = head
        self.body = body
        self.sentAt = sentAt
    }
}

// A request and a reply hold secrets in plain bytes, so neither shows its header fields or its body.

extension EndpointRequest: CustomStringConvertible, CustomReflectable {
    package var description: String {
        "\(head.method) \(head.scheme ?? "")://\(head.authority ?? "")\(head.path ?? "") (\(body.count) bytes)"
    }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension EndpointReply: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(head.status) (\(body.count) bytes)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
