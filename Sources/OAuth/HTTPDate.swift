/// A moment in any of the three forms that HTTP knows (RFC 9110 section 5.6.7).
///
/// All three are the same words and numbers with other marks between them, so the marks are read as spaces.
package struct HTTPDate: Sendable, Hashable {
    /// Seconds since 1970-01-01T00:00:00Z.
    package var seconds: Int64

    /// Reads a date; `nil` when it is none.
    ///
    /// The old form of RFC 850 has two digits for the year. They mean the year that is at most fifty years ahead of
    /// `now`, which is given in seconds since 1970.
    package init?(_ text: String, now: Int64) {
        let words = text.split { " ,:-".contains($0) }
        let date: (day: Substring, month: Substring, year: Substring)
        let time: ArraySlice<Substring>
        switch words.count {
        case 8 where words[7] == "GMT":
            date = (words[1], words[2], words[3])
            time = words[4..<7]
        case 7:
            date = (words[2], words[1], words[6])
            time = words[3..<6]
        default:
            return nil
        }
        let clock = time.compactMap(Self.number)
        guard let day = Self.number(date.day), let month = Self.months.firstIndex(of: String(date.month)),
            let writtenYear = Self.number(date.year), clock.count == 3,
            (1...31).contains(day), clock[0] < 24, clock[1] < 60, clock[2] <= 60
        else { return nil }
        let year: Int64
        switch date.year.utf8.count {
        case 2: year = Self.fullYear(writtenYear, now: now)
        case 4: year = writtenYear
        default: return nil
        }
        seconds = Self.days(year, month: Int64(month), day) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func number(_ text: Substring) -> Int64? {
        text.utf8.count <= 4 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }

    private static func fullYear(_ twoDigits: Int64, now: Int64) -> Int64 {
        let current = 1970 + now / 31_556_952
        let ahead = ((twoDigits - current) % 100 + 100) % 100
        return current + (ahead > 50 ? ahead - 100 : ahead)
    }

    /// Days from 1970-01-01 to a date of the Gregorian calendar, counted in years that begin in March so that the day
    /// that comes and goes is the last one. Months count from zero.
    private static func days(_ year: Int64, month: Int64, _ day: Int64) -> Int64 {
        let marchYear = month < 2 ? year - 1 : year
        let monthFromMarch = (month + 10) % 12
        let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
        return marchYear * 365 + leapDays + (153 * monthFromMarch + 2) / 5 + day - 719_469
    }
}
