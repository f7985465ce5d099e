extension DeviceAuthorization {
    /// Reads the reply of the device authorization endpoint (RFC 8628 section 3.2).
    ///
    /// - Throws: the issuer's own error, or a failure of code `invalid_reply` that names the member that is missing or
    ///   cannot be shown to a person.
    package init(_ reply: EndpointReply) throws(Failure) {
        try reply.check(.deviceAuthorization)
        let members = try reply.object(DeviceAuthorizationReply.self)
        guard let deviceCode = members.deviceCode.value, !deviceCode.isEmpty else {
            throw Self.invalid("device_code")
        }
        guard let userCode = members.userCode.value, !userCode.isEmpty, userCode.isDisplayable else {
            throw Self.invalid("user_code")
        }
        guard let address = members.verificationURI.value ?? members.verificationURL.value, Self.isWebAddress(address)
        else { throw Self.invalid("verification_uri") }
        guard let lifetime = members.expiresIn.value.flatMap({ Lifetime(seconds: $0.value, sentAt: reply.sentAt) })
        else { throw Self.invalid("expires_in") }
        let interval = members.interval.value.flatMap { Lifetime(seconds: $0.value, sentAt: reply.sentAt)?.duration }
        self.init(
            deviceCode: Secret(deviceCode),
            userCode: userCode,
            verificationURI: address,
            verificationURIComplete: members.verificationURIComplete.value.flatMap { Self.isWebAddress($0) ? $0 : nil },
            lifetime: lifetime.duration,
            interval: interval ?? .seconds(5)
        )
    }

    /// Whether an address may be shown to a person and given to a browser.
    private static func isWebAddress(_ text: String) -> Bool {
        let start = text.prefix(8).lowercased()
        return (start.hasPrefix("https://") || start.hasPrefix("http://")) && text.isDisplayable && !text.contains(" ")
    }

    private static func invalid(_ member: String) -> Failure {
        Failure(
            .temporary(.unknown),
            code: Failure.Code.invalidReply,
            detail: "the answer of the device authorization endpoint holds no usable \(member)"
        )
    }
}

private struct DeviceAuthorizationReply: Decodable {
    var deviceCode: Member<String>
    var userCode: Member<String>
    var verificationURI: Member<String>
    /// Google's name for it, from a draft of the RFC.
    var verificationURL: Member<String>
    var verificationURIComplete: Member<String>
    var expiresIn: Member<DecimalNumber>
    var interval: Member<DecimalNumber>

    private enum CodingKeys: String, CodingKey {
        case deviceCode = "device_code"
        case userCode = "user_code"
        case verificationURI = "verification_uri"
        case verificationURL = "verification_url"
        case verificationURIComplete = "verification_uri_complete"
        case expiresIn = "expires_in"
        case interval
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        deviceCode = members.member(.deviceCode)
        userCode = members.member(.userCode)
        verificationURI = members.member(.verificationURI)
        verificationURL = members.member(.verificationURL)
        verificationURIComplete = members.member(.verificationURIComplete)
        expiresIn = members.member(.expiresIn)
        interval = members.member(.interval)
    }
}
