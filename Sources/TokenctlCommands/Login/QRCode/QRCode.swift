/// A text as a QR code symbol (ISO/IEC 18004): byte mode, error correction level L, versions 1 to 10.
///
/// That is enough for a verification address, and no more is here: a screen needs no stronger correction.
package struct QRCode: Sendable, Hashable {
    /// Modules in a row and rows in the symbol, without the quiet zone.
    package let size: Int
    private var dark: [Bool]
    /// What finder, timing and alignment patterns, format and version information take, so that data goes round it.
    private var isFunction: [Bool]

    /// `nil` for a text that does not fit: one of more than 271 bytes.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let version = QRCodeVersion.smallest(for: bytes.count) else { return nil }
        size = version.size
        dark = Array(repeating: false, count: size * size)
        isFunction = dark
        drawPatterns(of: version)
        drawCodewords(version.codewords(for: bytes))

        let candidates = QRCodeMask.allCases.map { masked(with: $0) }
        guard let best = candidates.min(by: { $0.penalty < $1.penalty }) else { return nil }
        dark = best.dark
    }

    /// Whether a module is dark. Outside of the symbol all is light.
    package func isDark(row: Int, column: Int) -> Bool {
        (0..<size).contains(row) && (0..<size).contains(column) && dark[row * size + column]
    }

    private mutating func setFunction(_ row: Int, _ column: Int, _ isDark: Bool) {
        dark[row * size + column] = isDark
        isFunction[row * size + column] = true
    }

    private mutating func drawPatterns(of version: QRCodeVersion) {
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] { drawFinder(row, column) }
        for row in version.alignment {
            for column in version.alignment where !isFunction[row * size + column] { drawAlignment(row, column) }
        }
        for index in 0..<size {
            if !isFunction[6 * size + index] { setFunction(6, index, index % 2 == 0) }
            if !isFunction[index * size + 6] { setFunction(index, 6, index % 2 == 0) }
        }
        drawFormat(mask: 0)
        drawVersion(version)
    }

    /// Rings round a centre, with the light separator outside.
    private mutating func drawFinder(_ row: Int, _ column: Int) {
        for down in -4...4 {
            for right in -4...4 {
                guard (0..<size).contains(row + down), (0..<size).contains(column + right) else { continue }
                let ring = max(abs(down), abs(right))
                setFunction(row + down, column + right, ring != 2 && ring != 4)
            }
        }
    }

    private mutating func drawAlignment(_ row: Int, _ column: Int) {
        for down in -2...2 {
            for right in -2...2 { setFunction(row + down, column + right, max(abs(down), abs(right)) != 1) }
        }
    }

    /// Fifteen bits, twice: level L and the mask, with a BCH code (section 7.9).
    private mutating func drawFormat(mask: Int) {
        let data = 0b01 << 3 | mask
        var remainder = data
        for _ in 0..<10 { remainder = remainder << 1 ^ (remainder >> 9) * 0x537 }
        let bits = (data << 10 | remainder) ^ 0x5412
        let bit = { (index: Int) in bits >> index & 1 == 1 }

        for index in 0...5 { setFunction(index, 8, bit(index)) }
        setFunction(7, 8, bit(6))
        setFunction(8, 8, bit(7))
        setFunction(8, 7, bit(8))
        for index in 9..<15 { setFunction(8, 14 - index, bit(index)) }
        for index in 0..<8 { setFunction(8, size - 1 - index, bit(index)) }
        for index in 8..<15 { setFunction(size - 15 + index, 8, bit(index)) }
        setFunction(size - 8, 8, true)
    }

    /// Eighteen bits, twice, from version 7 on (section 7.10).
    private mutating func drawVersion(_ version: QRCodeVersion) {
        guard version.number >= 7 else { return }
        var remainder = version.number
        for _ in 0..<12 { remainder = remainder << 1 ^ (remainder >> 11) * 0x1F25 }
        let bits = version.number << 12 | remainder
        for index in 0..<18 {
            let (near, far) = (index / 3, size - 11 + index % 3)
            setFunction(near, far, bits >> index & 1 == 1)
            setFunction(far, near, bits >> index & 1 == 1)
        }
    }

    /// Two columns at a time from the right, up and down in turn, past the timing column (section 7.7.3).
    private mutating func drawCodewords(_ codewords: [UInt8]) {
        var index = 0
        for right in stride(from: size - 1, to: 0, by: -2) {
            let edge = right <= 6 ? right - 1 : right
            let isUpward = (size - 1 - edge) / 2 % 2 == 0
            for step in 0..<size {
                let row = isUpward ? size - 1 - step : step
                for column in [edge, edge - 1] where !isFunction[row * size + column] && index < codewords.count * 8 {
                    dark[row * size + column] = codewords[index / 8] >> (7 - index % 8) & 1 == 1
                    index += 1
                }
            }
        }
    }

    private func masked(with mask: QRCodeMask) -> QRCode {
        var symbol = self
        for row in 0..<size {
            for column in 0..<size where !isFunction[row * size + column] && mask.flips(row, column) {
                symbol.dark[row * size + column].toggle()
            }
        }
        symbol.drawFormat(mask: mask.rawValue)
        return symbol
    }
}
