extension DevicePoll {
    /// Reads the reply to one poll (RFC 8628 section 3.5).
    package init(_ reply: EndpointReply) {
        if let error = ErrorReply(reply, to: .deviceCode) {
            self =
                switch error.code {
                case "authorization_pending": .pending
                case "slow_down": .slowDown(interval: error.interval)
                case "access_denied": .denied(detail: error.detail)
                case "expired_token": .expired(detail: error.detail)
                default: .failed(error.failure)
                }
            return
        }
        do throws(Failure) {
            self = .tokens(try TokenSet(reply, to: .deviceCode))
        } catch {
            self = .failed(error)
        }
    }
}
