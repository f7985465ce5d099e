import HTTPTypes

extension EndpointReply {
    /// How long the issuer asks to be left alone, counted from its reply; at most a day (RFC 9110 section 10.2.3).
    ///
    /// A date is measured against the reply's own `Date`, because the two clocks may disagree. A date that has passed, or
    /// garbage, asks for nothing.
    package var retryAfter: Duration? {
        guard let text = head.headerFields[values: .retryAfter].first else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Int64(text).map { min(.seconds($0), Self.longestWait) } ?? Self.longestWait
        }
        let clock = sentAt.wall.wholeSeconds
        let now = head.headerFields[values: .date].first.flatMap { HTTPDate($0, now: clock)?.seconds } ?? clock
        guard let date = HTTPDate(text, now: now), date.seconds >= now else { return nil }
        return min(.seconds(date.seconds - now), Self.longestWait)
    }

    private static var longestWait: Duration { .seconds(86_400) }
}
