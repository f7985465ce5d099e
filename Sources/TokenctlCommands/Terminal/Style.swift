import Glibc

/// What a place of output can show. A value, so that everything drawn is a pure function of it.
package struct Style: Sendable, Hashable {
    /// Columns and lines of the terminal; `nil` where it is none, and nothing is drawn or cut there.
    package struct Size: Sendable, Hashable {
        package var columns: Int
        package var lines: Int

        package init(columns: Int, lines: Int) {
            self.columns = columns
            self.lines = lines
        }
    }

    package enum Colour: Int, Sendable, Hashable {
        case bold = 1
        case dim = 2
        case red = 31
        case green = 32
        case yellow = 33
        case cyan = 36
    }

    package var size: Size?
    package var hasColour: Bool
    /// Whether characters beyond ASCII come out right.
    package var hasUnicode: Bool

    package init(size: Size?, hasColour: Bool, hasUnicode: Bool) {
        self.size = size
        self.hasColour = hasColour
        self.hasUnicode = hasUnicode
    }

    /// A pipe or a file.
    package static let plain = Style(size: nil, hasColour: false, hasUnicode: true)

    package var isTerminal: Bool { size != nil }

    /// The text in a colour, where there are colours (ECMA-48, SGR).
    package func paint(_ text: String, _ colour: Colour?) -> String {
        guard hasColour, let colour, !text.isEmpty else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    /// Looks at standard output.
    static var ofStandardOutput: Style { Style(of: STDOUT_FILENO) }
    /// Looks at standard error.
    static var ofStandardError: Style { Style(of: STDERR_FILENO) }

    private init(of descriptor: Int32) {
        guard isatty(descriptor) == 1 else {
            self = .plain
            return
        }
        func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
        var window = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0 && window.ws_row > 0
        size = isKnown ? Size(columns: Int(window.ws_col), lines: Int(window.ws_row)) : Size(columns: 80, lines: 24)
        hasColour = variable("NO_COLOR").isEmpty && variable("TERM") != "dumb"
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(variable).first { !$0.isEmpty } ?? ""
        hasUnicode = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
    }
}
