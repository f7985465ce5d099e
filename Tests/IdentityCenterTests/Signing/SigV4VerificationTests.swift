import HTTPTypes
import IdentityCenter
import OAuth
import Testing

@Suite("The verification of a signature") struct SigV4VerificationTests {
    private static let moment = Instant(wall: .seconds(1_790_000_000), boot: .zero, bootID: "boot")
    private static let credentials = SigningCredentials(
        accessKeyID: "ASIAEXAMPLE",
        secretAccessKey: Secret("secret"),
        sessionToken: Secret("session/token+=")
    )

    private static func verification(
        _ known: SigningCredentials = credentials,
        region: String = "us-east-1",
        service: String = "sso-oauth"
    ) -> SigV4Verification {
        SigV4Verification(region: region, service: service) { $0 == known.accessKeyID ? known : nil }
    }

    private static func signed(_ credentials: SigningCredentials = credentials) -> EndpointRequest {
        let head = HTTPRequest(
            method: .post,
            scheme: "http",
            authority: "127.0.0.1:8443",
            path: "/token?aws_iam=t",
            headerFields: [.contentType: "application/json"]
        )
        let request = EndpointRequest(head: head, body: Array(#"{"grantType":"refresh_token"}"#.utf8))
        return SigV4(credentials: credentials, region: "us-east-1", service: "sso-oauth").sign(request, at: moment)
    }

    private func refusal(
        of request: EndpointRequest,
        by verification: SigV4Verification = verification(),
        at now: Instant = moment
    ) -> SigV4Verification.Refusal? {
        #expect(throws: SigV4Verification.Refusal.self) { try verification.verify(request, at: now) }
    }

    @Test("accepts what has been signed, with and without a session token, and says by whom")
    func accepted() throws {
        #expect(try Self.verification().verify(Self.signed(), at: Self.moment) == "ASIAEXAMPLE")
        let permanent = SigningCredentials(accessKeyID: "AKIA", secretAccessKey: Secret("secret"))
        #expect(try Self.verification(permanent).verify(Self.signed(permanent), at: Self.moment) == "AKIA")
    }

    @Test("accepts what a proxy may do to it")
    func harmless() throws {
        var request = Self.signed()
        request.head.headerFields[.accept] = "*/*"
        request.head.headerFields[.userAgent] = "proxy"
        request.head.headerFields[.contentType] = " application/json  "
        #expect(try Self.verification().verify(request, at: Self.moment) == "ASIAEXAMPLE")
    }

    private static let changes: [@Sendable (inout EndpointRequest) -> Void] = [
        { $0.body.append(0x20) },
        { $0.body = [] },
        { $0.head.path = "/token?aws_iam=f" },
        { $0.head.path = "/other?aws_iam=t" },
        { $0.head.authority = "127.0.0.1:8444" },
        { $0.head.method = .put },
        { $0.head.headerFields[.contentType] = "text/plain" },
        { $0.head.headerFields[.amzDate] = "20260921T141321Z" },
        { request in
            let value = request.head.headerFields[.authorization] ?? ""
            request.head.headerFields[.authorization] = value.dropLast() + (value.hasSuffix("0") ? "1" : "0")
        },
    ]

    @Test("refuses what was changed on the way", arguments: changes.indices)
    func changed(index: Int) {
        var request = Self.signed()
        Self.changes[index](&request)
        #expect(refusal(of: request) == .wrongSignature)
    }

    @Test("refuses a wrong secret, an unknown key and another session's token, and tells them apart")
    func keys() {
        var other = Self.credentials
        other.secretAccessKey = Secret("Secret")
        #expect(refusal(of: Self.signed(other)) == .wrongSignature)
        other = Self.credentials
        other.accessKeyID = "ASIAUNKNOWN"
        #expect(refusal(of: Self.signed(other)) == .unknownKey)
        other = Self.credentials
        other.sessionToken = Secret("another")
        #expect(refusal(of: Self.signed(other)) == .unknownKey)
        other.sessionToken = nil
        #expect(refusal(of: Self.signed(other)) == .unknownKey)
    }

    @Test("refuses credentials that have ended")
    func ended() throws {
        var known = Self.credentials
        known.expiresAt = Self.moment.wall
        #expect(refusal(of: Self.signed(), by: Self.verification(known)) == .expiredCredentials)
        known.expiresAt = Self.moment.wall + .seconds(1)
        #expect(try Self.verification(known).verify(Self.signed(), at: Self.moment) == "ASIAEXAMPLE")
    }

    @Test("grants five minutes to either side, and no more", arguments: [-301, -300, 300, 301])
    func skew(seconds: Int) throws {
        let now = Self.moment.advanced(by: .seconds(seconds))
        if abs(seconds) > 300 {
            #expect(refusal(of: Self.signed(), at: now) == .wrongDate)
        } else {
            #expect(try Self.verification().verify(Self.signed(), at: now) == "ASIAEXAMPLE")
        }
    }

    @Test("refuses a signature for another region or service")
    func scope() {
        #expect(refusal(of: Self.signed(), by: Self.verification(region: "eu-west-1")) == .wrongScope)
        #expect(refusal(of: Self.signed(), by: Self.verification(service: "sts")) == .wrongScope)
    }

    @Test("refuses what is not signed, or not in this way, or in part", arguments: 0..<6)
    func incomplete(index: Int) {
        var request = Self.signed()
        let value = request.head.headerFields[.authorization] ?? ""
        switch index {
        case 0: request.head.headerFields[.authorization] = nil
        case 1: request.head.headerFields[.authorization] = "Bearer token"
        case 2: request.head.headerFields[.amzDate] = nil
        case 3: request.head.headerFields[.authorization] = value.replacing("host;", with: "")
        case 4: request.head.headerFields[.authorization] = value.replacing(";x-amz-security-token", with: "")
        default: request.head.headerFields[.authorization] = value.replacing("Signature=", with: "Sign=")
        }
        #expect(refusal(of: request) == .incomplete)
    }
}
