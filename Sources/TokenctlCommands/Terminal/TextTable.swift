/// Text in columns, each as wide as its widest cell; only the last is cut where the terminal ends.
package struct TextTable: Sendable, Hashable {
    /// One cell. It may be made of parts, each in a colour.
    package struct Cell: Sendable, Hashable {
        package struct Part: Sendable, Hashable {
            package var text: String
            package var colour: Style.Colour?
        }

        package var parts: [Part]

        package init(_ text: String, _ colour: Style.Colour? = nil) {
            parts = [Part(text: text.printable, colour: colour)]
        }

        package init(parts: [Part]) { self.parts = parts }

        fileprivate var columns: Int { parts.reduce(0) { $0 + $1.text.columns } }
    }

    package var titles: [String]
    /// As many cells in each row as there are titles.
    package var rows: [[Cell]]

    private static var gap: Int { 2 }

    package init(titles: [String], rows: [[Cell]]) {
        self.titles = titles
        self.rows = rows
    }

    /// Columns that everything but the last column takes, the gap before it included.
    package var columnsBeforeLast: Int { widths.dropLast().reduce(0) { $0 + $1 + Self.gap } }

    /// The lines, titles first, without newlines.
    package func lines(style: Style) -> [String] {
        let widths = widths
        let room = style.size.map { max(8, $0.columns - columnsBeforeLast) }
        let titles = titles.map { Cell(parts: [Cell.Part(text: $0, colour: .bold)]) }
        return ([titles] + rows).map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let isLast = column == row.count - 1
                line += isLast ? text(cell, room: room, style) : text(cell, room: nil, style)
                if !isLast { line += String(repeating: " ", count: widths[column] - cell.columns + Self.gap) }
            }
            return line.trimmedEnd
        }
    }

    private var widths: [Int] {
        titles.indices.map { column in rows.reduce(titles[column].columns) { max($0, $1[column].columns) } }
    }

    private func text(_ cell: Cell, room: Int?, _ style: Style) -> String {
        guard var room else { return cell.parts.map { style.paint($0.text, $0.colour) }.joined() }
        return cell.parts.map { part in
            let text = part.text.cut(to: room, mark: style.hasUnicode ? "…" : "...")
            room -= text.columns
            return style.paint(text, part.colour)
        }
        .joined()
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
