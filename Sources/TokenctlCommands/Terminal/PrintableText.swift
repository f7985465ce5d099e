/// Text from outside on its way to a terminal.
extension String {
    /// The text with every control character, and what turns the direction of writing, shown as `?`: an issuer's words
    /// must not move the cursor.
    package var printable: String {
        func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
        guard !unicodeScalars.allSatisfy(isHarmless) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { isHarmless($0) ? $0 : "?" }))
    }

    /// How many columns of a terminal it takes.
    package var columns: Int { reduce(0) { $0 + $1.columns } }

    /// The beginning that fits, with a mark where something was cut off.
    package func cut(to limit: Int, mark: String) -> String {
        guard columns > limit else { return self }
        var room = limit - mark.columns
        let kept = prefix {
            room -= $0.columns
            return room >= 0
        }
        return kept + mark
    }
}

extension Character {
    /// Two for the wide characters of East Asia and for emoji (Unicode, UAX 11), one for all others.
    fileprivate var columns: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        return switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
