import FoundationEssentials

/// A time as the `Date` header has it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The text of a time since 1970-01-01, which was a Thursday.
    static func text(_ time: Duration) -> String {
        let seconds = time.components.seconds
        let fields = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
            .split { "-T:Z".contains($0) }
        let month = Int(fields[1]).map { months[$0 - 1] } ?? ""
        let weekday = weekdays[Int(seconds / 86_400 % 7)]
        return "\(weekday), \(fields[2]) \(month) \(fields[0]) \(fields[3]):\(fields[4]):\(fields[5]) GMT"
    }
}
