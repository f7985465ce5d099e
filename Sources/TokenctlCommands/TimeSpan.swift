package import LocalAPI

/// Lengths of time in the words people use.
package enum TimeSpan {
    /// A number of seconds, with the one or two units that matter: `41 s`, `5 min`, `3 h 20 min`, `2 d 4 h`.
    package static func text(_ seconds: Int) -> String {
        let seconds = max(0, seconds)
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<86_400: pair(seconds / 3600, "h", seconds % 3600 / 60, "min")
        default: pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h")
        }
    }

    /// A moment seen from another: `in 41 min`, `now`, `3 min ago`.
    package static func text(from now: Timestamp, to moment: Timestamp) -> String {
        let seconds = Int(moment.seconds - now.seconds)
        return switch seconds {
        case 0: "now"
        case 1...: "in \(text(seconds))"
        default: "\(text(-seconds)) ago"
        }
    }

    private static func pair(_ large: Int, _ largeUnit: String, _ small: Int, _ smallUnit: String) -> String {
        small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
    }
}
