/// Why a text is not a TOML document.
package struct SyntaxError: Error, Sendable, Hashable {
    package var position: Position
    package var message: String

    init(_ message: String, at position: Position) {
        self.position = position
        self.message = message
    }
}
