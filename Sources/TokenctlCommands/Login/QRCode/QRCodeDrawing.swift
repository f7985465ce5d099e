/// A QR code in the characters of a terminal: half a block is a module, so that modules come out about square.
package enum QRCodeDrawing {
    /// Light modules around the symbol that cameras need to find it.
    private static var quietZone: Int { 4 }

    /// The lines, in white on black whatever the terminal's own colours are: light modules are what is drawn.
    package static func lines(_ symbol: QRCode) -> [String] {
        let range = -quietZone..<(symbol.size + quietZone)
        return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { row in
            let modules = range.map { column in
                switch (symbol.isDark(row: row, column: column), symbol.isDark(row: row + 1, column: column)) {
                case (false, false): "█"
                case (false, true): "▀"
                case (true, false): "▄"
                case (true, true): " "
                }
            }
            return "\u{1B}[97;40m\(modules.joined())\u{1B}[0m"
        }
    }
}
