import FoundationEssentials
import OAuth

/// A moment as AWS's signatures write it: `20261123T032944Z`.
struct SigningDate: Sendable, Hashable {
    let text: String
    /// Time since 1970.
    let wall: Duration

    /// The day, as `20261123`.
    var day: String { String(text.prefix(8)) }

    /// Takes the moment by the wall clock; fractions of a second are cut off.
    init(_ now: Instant) {
        wall = .seconds(now.wall.wholeSeconds)
        text = Date(timeIntervalSince1970: Double(now.wall.wholeSeconds)).formatted(Self.style)
    }

    /// Reads the one form that `text` has; `nil` for any other.
    init?(_ text: String) {
        guard let date = try? Self.style.parse(text), date.formatted(Self.style) == text else { return nil }
        self.text = text
        wall = .seconds(date.timeIntervalSince1970)
    }

    private static let style = Date.ISO8601FormatStyle(
        dateSeparator: .omitted,
        dateTimeSeparator: .standard,
        timeSeparator: .omitted,
        timeZoneSeparator: .omitted,
        includingFractionalSeconds: false,
        timeZone: .gmt
    )
}
