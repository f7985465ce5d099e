/// What a token may be used for: a set of scope tokens that keeps the order in which they were written.
///
/// Two scopes are equal when they hold the same tokens; order has no meaning (RFC 6749 section 3.3).
package struct Scope: Sendable {
    /// The scope tokens, each once, in the order first seen.
    package let tokens: [String]

    package init(_ tokens: some Sequence<String>) {
        var seen: Set<String> = []
        self.tokens = tokens.filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    /// Reads the wire form: tokens with spaces between (RFC 6749 section 3.3).
    package init(wire: String) {
        self.init(wire.split(separator: " ").map(String.init))
    }

    /// Asks for nothing in particular.
    package static let none = Scope([])

    /// The wire form: tokens with one space between.
    package var wire: String { tokens.joined(separator: " ") }

    package var isEmpty: Bool { tokens.isEmpty }

    /// Whether every token of `other` is in this one.
    package func contains(_ other: Scope) -> Bool {
        Set(tokens).isSuperset(of: other.tokens)
    }
}

extension Scope: Hashable {
    package static func == (left: Scope, right: Scope) -> Bool { Set(left.tokens) == Set(right.tokens) }

    package func hash(into hasher: inout Hasher) { hasher.combine(Set(tokens)) }
}
