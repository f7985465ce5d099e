/// What the device authorization endpoint gave (RFC 8628 section 3.2).
package struct DeviceAuthorization: Sendable, Hashable {
    package var deviceCode: Secret
    /// Shown to the person exactly as it came.
    package var userCode: String
    package var verificationURI: String
    /// The same address with the code in it.
    package var verificationURIComplete: String?
    /// How long the codes are good for, counted from the moment the request was sent.
    package var lifetime: Duration
    /// The least time between two polls; 5 s where the issuer is silent.
    package var interval: Duration
    /// The client that began the login, where one was registered for it.
    package var client: ClientRegistration?

    package init(
        deviceCode: Secret,
        userCode: String,
        verificationURI: String,
        verificationURIComplete: String? = nil,
        lifetime: Duration,
        interval: Duration = .seconds(5),
        client: ClientRegistration? = nil
    ) {
        self.deviceCode = deviceCode
        self.userCode = userCode
        self.verificationURI = verificationURI
        self.verificationURIComplete = verificationURIComplete
        self.lifetime = lifetime
        self.interval = interval
        self.client = client
    }
}

/// What one poll of the token endpoint said (RFC 8628 section 3.5).
package enum DevicePoll: Sendable, Hashable {
    case tokens(TokenSet)
    /// `authorization_pending`: the interval stays.
    case pending
    /// `slow_down`: 5 s more from now on, or the server's own `interval` where that is larger.
    case slowDown(interval: Duration?)
    /// `access_denied`: the person said no.
    case denied(detail: String)
    /// `expired_token`.
    case expired(detail: String)
    /// Anything else; a temporary class is polled again, less often.
    case failed(Failure)
}
