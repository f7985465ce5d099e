package import OAuth

/// `StartDeviceAuthorization`: begins a login on any device with a browser.
package struct StartDeviceAuthorization: Sendable, Hashable {
    package var client: ClientRegistration
    package var startURL: String

    package init(client: ClientRegistration, startURL: String) {
        self.client = client
        self.startURL = startURL
    }

    /// Makes the request.
    package func request(to endpoint: Endpoint) -> EndpointRequest {
        var body = JSONBody()
        body.append("clientId", client.clientID)
        body.append("clientSecret", client.clientSecret)
        body.append("startUrl", startURL)
        return EndpointRequest(posting: body, to: endpoint, "/device_authorization")
    }

    /// Reads the reply. The interval is AWS's own, commonly 1 s; 5 s where it gives none.
    package static func read(_ reply: EndpointReply, from region: Region) throws(Failure) -> DeviceAuthorization {
        try reply.check(.startDeviceAuthorization, in: region)
        return try DeviceAuthorization(reply, named: MemberName.self)
    }

    private enum MemberName: String, DeviceAuthorizationMemberName {
        case deviceCode
        case userCode
        case verificationURI = "verificationUri"
        case verificationURIComplete = "verificationUriComplete"
        case expiresIn
        case interval

        static let verificationURIAliases: [Self] = []
    }
}
