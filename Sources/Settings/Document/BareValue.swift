/// The values that stand without quotes: numbers, dates, times and four words.
enum BareValue {
    /// Whether a text may be handed to TOMLKit as such a value. Dates and times are checked here to the last letter,
    /// because TOMLKit's parser asserts their form; of a number it is the parser that says what is wrong with it.
    static func isPlausible(_ text: String) -> Bool {
        if ["true", "false", "inf", "nan"].contains(text) { return true }
        // Every digit is shown as 0.
        let shape = text.map { isDigit($0) ? "0" : $0 }
        guard let first = shape.first, "0+-".contains(first) else { return false }
        return isNumber(shape) || isDateOrTime(String(shape))
    }

    /// A number has a sign only at its beginning and behind the `e` of its exponent, and never a colon.
    private static func isNumber(_ shape: [Character]) -> Bool {
        zip(shape.dropFirst(), shape).allSatisfy { letter, previous in
            switch letter {
            case "+", "-": previous == "e" || previous == "E"
            case ":", " ": false
            default: true
            }
        }
    }

    /// RFC 3339 with the liberties of TOML: the date alone, the time alone, both, or both with an offset.
    private static func isDateOrTime(_ shape: String) -> Bool {
        var rest = shape[...]
        let hasDate = rest.hasPrefix("0000-00-00")
        if hasDate {
            rest = rest.dropFirst(10)
            if rest.isEmpty { return true }
            guard "Tt ".contains(rest.removeFirst()) else { return false }
        }
        guard rest.hasPrefix("00:00:00") else { return false }
        rest = rest.dropFirst(8)
        if rest.hasPrefix(".0") { rest = rest.dropFirst(2).drop { $0 == "0" } }
        return rest.isEmpty || hasDate && ["Z", "z", "+00:00", "-00:00"].contains(rest)
    }

    private static func isDigit(_ letter: Character) -> Bool { ("0"..."9").contains(letter) }
}
