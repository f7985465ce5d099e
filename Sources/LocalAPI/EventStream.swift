/// One server-sent event of `GET /v1/events`.
package struct ServerEvent: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// An account entered another state.
        case state
        /// An account has a new token.
        case token
        /// A login changed its state.
        case login
        /// An attempt failed.
        case error
    }

    /// Grows by one an event, and from one run of the daemon to the next; what `Last-Event-ID` names.
    package var id: UInt64
    package var kind: Kind
    /// One JSON object on one line.
    package var data: String

    package init(id: UInt64, kind: Kind, data: String) {
        self.id = id
        self.kind = kind
        self.data = data
    }

    /// The wire form, with the empty line that ends it (WHATWG HTML, server-sent events).
    package var wire: String { "id: \(id)\nevent: \(kind.rawValue)\ndata: \(data)\n\n" }
}
