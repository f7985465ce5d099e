extension DeviceAuthorization {
    /// Reads the reply of the device authorization endpoint (RFC 8628 section 3.2).
    ///
    /// - Throws: the issuer's own error, or a failure of code `invalid_reply` that names the member that is missing or
    ///   cannot be shown to a person.
    package init(_ reply: EndpointReply) throws(Failure) {
        try reply.check(.deviceAuthorization)
        try self.init(reply, named: MemberName.self)
    }

    /// Reads a reply that names no error, whatever its protocol calls the members.
    ///
    /// - Throws: a failure of code `invalid_reply`, as above.
    package init<Name: DeviceAuthorizationMemberName>(
        _ reply: EndpointReply,
        named names: Name.Type
    ) throws(Failure) {
        let members = try reply.object(DeviceAuthorizationReply<Name>.self)
        guard let deviceCode = members.deviceCode.value, !deviceCode.isEmpty else {
            throw Self.invalid(Name.deviceCode)
        }
        guard let userCode = members.userCode.value, !userCode.isEmpty, userCode.isDisplayable else {
            throw Self.invalid(Name.userCode)
        }
        guard let address = members.verificationURI, Self.isWebAddress(address) else {
            throw Self.invalid(Name.verificationURI)
        }
        guard let lifetime = members.expiresIn.value.flatMap({ Lifetime(seconds: $0.value, sentAt: reply.sentAt) })
        else { throw Self.invalid(Name.expiresIn) }
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

    private static func invalid(_ member: some CodingKey) -> Failure {
        Failure(
            .temporary(.unknown),
            code: Failure.Code.invalidReply,
            detail: "the answer of the device authorization endpoint holds no usable \(member.stringValue)"
        )
    }
}

/// The names that the members of a device authorization reply have on the wire.
package protocol DeviceAuthorizationMemberName: CodingKey {
    static var deviceCode: Self { get }
    static var userCode: Self { get }
    static var verificationURI: Self { get }
    /// Other names of `verificationURI`, for those who do not know that one.
    static var verificationURIAliases: [Self] { get }
    static var verificationURIComplete: Self { get }
    static var expiresIn: Self { get }
    static var interval: Self { get }
}

/// The names of RFC 8628 section 3.2.
private enum MemberName: String, DeviceAuthorizationMemberName {
    case deviceCode = "device_code"
    case userCode = "user_code"
    case verificationURI = "verification_uri"
    /// Google's name for it, from a draft of the RFC.
    case verificationURL = "verification_url"
    case verificationURIComplete = "verification_uri_complete"
    case expiresIn = "expires_in"
    case interval

    static let verificationURIAliases = [verificationURL]
}

private struct DeviceAuthorizationReply<Name: DeviceAuthorizationMemberName>: Decodable {
    var deviceCode: Member<String>
    var userCode: Member<String>
    var verificationURI: String?
    var verificationURIComplete: Member<String>
    var expiresIn: Member<DecimalNumber>
    var interval: Member<DecimalNumber>

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Name.self)
        deviceCode = members.member(.deviceCode)
        userCode = members.member(.userCode)
        verificationURI =
            ([.verificationURI] + Name.verificationURIAliases).lazy
            .compactMap { (members.member($0) as Member<String>).value }.first
        verificationURIComplete = members.member(.verificationURIComplete)
        expiresIn = members.member(.expiresIn)
        interval = members.member(.interval)
    }
}
