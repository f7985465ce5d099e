import HTTPTypes
package import OAuth

extension EndpointReply {
    /// How far AWS's clock is ahead of ours by the reply's `Date`, negative when it is behind; `nil` when it does not
    /// say, or when they agree so well that the signature's date cannot be what AWS complains of.
    package var clockOffset: Duration? {
        let sent = sentAt.wall.wholeSeconds
        guard let date = head.headerFields[values: .date].first.flatMap({ HTTPDate($0, now: sent) }) else { return nil }
        let offset = Duration.seconds(date.seconds - sent)
        return max(offset, .zero - offset) > Self.agreement ? offset : nil
    }

    /// Well below the five minutes that AWS grants.
    private static var agreement: Duration { .seconds(4 * 60) }
}
