extension String {
    /// The text made fit for a terminal and a log line: on one line, without control and formatting characters, and at
    /// most `limit` characters long. What an issuer writes could otherwise rewrite the screen of who reads it.
    package func displayable(atMost limit: Int = 500) -> String {
        let harmless = String(String.UnicodeScalarView(unicodeScalars.map { $0.isDisplayable ? $0 : " " }))
        let line = harmless.split(separator: " ").joined(separator: " ")
        return line.count <= limit ? line : line.prefix(limit - 1) + "…"
    }

    /// Whether every character of it may be written to a terminal as it is.
    package var isDisplayable: Bool { unicodeScalars.allSatisfy(\.isDisplayable) }
}

extension Unicode.Scalar {
    /// Whether the character shows something, and neither moves the cursor nor turns the direction of writing.
    fileprivate var isDisplayable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }
}
