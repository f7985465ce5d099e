import FoundationEssentials

/// A moment as AWS's tools write it: ISO 8601, mostly `2026-11-23T03:29:44Z`.
struct AWSDate: Sendable, Hashable {
    /// Time since 1970, in whole seconds.
    let wall: Duration

    /// Reads what they have written over the years: fractions of a second, which are cut off, offsets, `UTC` for `Z`;
    /// `nil` for anything else.
    init?(_ text: String) {
        var text = text
        if text.hasSuffix("UTC") { text = text.dropLast(3) + "Z" }
        if let point = text.firstIndex(of: ".") {
            let digits = text[point...].dropFirst().prefix { $0.isWholeNumber }
            guard (1...9).contains(digits.count) else { return nil }
            text.removeSubrange(point..<digits.endIndex)
        }
        guard let date = try? Date.ISO8601FormatStyle(timeZoneSeparator: .colon).parse(text) else { return nil }
        wall = .seconds(Int64(date.timeIntervalSince1970))
    }
}
