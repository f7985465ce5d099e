/// Where each key of a TOML document stands, which TOMLKit does not tell.
package struct KeyPositions: Sendable {
    /// One step of the way from the document's root to a value.
    package enum Step: Sendable, Hashable {
        case key(String)
        /// An element of an array, from 0.
        case index(Int)
    }

    /// How many steps a path may have. The configuration needs four; a parser that recurses must not be led on until its
    /// stack is used up.
    package static let deepest = 64

    /// Every key with the place where it is first named, in the order of the text. Tables that are only named on the way
    /// to others, as `a` in `[a.b]`, are among them.
    package private(set) var keys: [(path: [Step], position: Position)] = []

    private var known: [[Step]: Position] = [:]

    /// Knows no key yet.
    init() {}

    /// Finds the keys of a text.
    ///
    /// - Throws: where the text is not built as a TOML document is.
    package init(_ text: String) throws(SyntaxError) {
        var scanner = KeyScanner(text)
        self = try scanner.scan()
    }

    /// Where the key at the end of a path is first named.
    package subscript(path: [Step]) -> Position? { known[path] }

    /// Notes a key; one that has been named before keeps its place.
    mutating func add(_ path: [Step], at position: Position) {
        guard known[path] == nil else { return }
        known[path] = position
        keys.append((path, position))
    }
}
