package import LocalAPI

/// How much of a token's life is left, as a bar.
package enum LifetimeBar {
    /// The part that is left, 0 to 1; `nil` where it is not known when the life began.
    package static func share(of account: AccountStatus, now: Timestamp) -> Double? {
        guard let end = account.expiresAt, let start = account.lastRefreshAt, start < end else { return nil }
        return min(1, max(0, Double(end.seconds - now.seconds) / Double(end.seconds - start.seconds)))
    }

    /// The filled and the empty part. As long as anything is left, the bar is not empty.
    package static func parts(_ share: Double, width: Int, hasUnicode: Bool) -> (filled: String, empty: String) {
        let filled = share > 0 ? max(1, Int((share * Double(width)).rounded())) : 0
        return (
            String(repeating: hasUnicode ? "█" : "#", count: filled),
            String(repeating: hasUnicode ? "░" : "-", count: width - filled)
        )
    }

    /// Green, and the less is left the more it warns.
    package static func colour(_ share: Double) -> Style.Colour {
        share > 0.25 ? .green : share > 0.1 ? .yellow : .red
    }
}
