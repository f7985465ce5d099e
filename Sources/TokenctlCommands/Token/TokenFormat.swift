import ArgumentParser

/// How `tokenctl token` prints a token.
enum TokenFormat: String, Sendable, CaseIterable, ExpressibleByArgument, CustomStringConvertible {
    /// The token and a newline.
    case raw
    /// As the socket gives it.
    case json
    /// The line of an HTTP request, for `curl --header @-`.
    case header
    /// Variables that a shell can evaluate.
    case env
    /// Google's and Microsoft's SASL mechanism.
    case xoauth2
    /// The standard SASL mechanism (RFC 7628).
    case oauthbearer

    var description: String { rawValue }
}
