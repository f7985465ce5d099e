/// The lines that were drawn last, so that the next can be drawn in their place (ECMA-48).
struct Screen: ~Copyable {
    /// False for a pipe or a file: there the lines follow each other.
    let redraws: Bool
    /// Stands below the lines until it is taken away.
    var note: String?
    private var drawn = 0

    init(redraws: Bool) { self.redraws = redraws }

    /// Draws the lines, as many as the terminal has room for. One that is too long is cut by the terminal, not wrapped:
    /// else the way back up would be counted wrongly.
    mutating func show(_ lines: [String]) throws(CommandFailure) {
        let style = Style.ofStandardOutput
        guard redraws, let size = style.size else {
            for line in lines { try StandardOutput.writeLine(line) }
            return
        }
        let all = lines + (note.map { [style.paint($0, .yellow)] } ?? [])
        let fitting = all.prefix(max(1, size.lines - 1))
        let wayBack = drawn > 0 ? "\u{1B}[\(drawn)F" : ""
        let text = fitting.map { "\($0)\u{1B}[K\n" }.joined()
        try StandardOutput.write(Array("\u{1B}[?7l\(wayBack)\(text)\u{1B}[J\u{1B}[?7h".utf8))
        drawn = fitting.count
    }
}
