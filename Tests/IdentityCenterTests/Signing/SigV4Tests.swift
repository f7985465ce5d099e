import FoundationEssentials
import HTTPTypes
import OAuth
import Testing

@testable import IdentityCenter

/// A signature that botocore has made, with every step on the way to it.
struct SigV4Vector: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var method: String
    var host: String
    var path: String
    var query: String
    var region: String
    var service: String
    var timestamp: String
    var accessKeyId: String
    var secretAccessKey: String
    var sessionToken: String?
    var headers: [String: String]
    var body: String
    var canonicalRequest: String
    var stringToSign: String
    var authorization: String

    static let all = Result {
        try JSONDecoder().decode([SigV4Vector].self, from: Data(PackageResources.sigv4_vectors_json))
    }

    var testDescription: String { name }

    var credentials: SigningCredentials {
        SigningCredentials(
            accessKeyID: accessKeyId,
            secretAccessKey: Secret(secretAccessKey),
            sessionToken: sessionToken.map { Secret($0) }
        )
    }

    var signer: SigV4 { SigV4(credentials: credentials, region: region, service: service) }

    /// The moment of the signature.
    func instant() throws -> Instant {
        Instant(wall: try #require(SigningDate(timestamp)).wall, boot: .seconds(1), bootID: "boot")
    }

    /// The request without its signature.
    func request() throws -> EndpointRequest {
        var fields = HTTPFields()
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let head = HTTPRequest(
            method: try #require(HTTPRequest.Method(method)),
            scheme: "https",
            authority: host,
            path: query.isEmpty ? path : "\(path)?\(query)",
            headerFields: fields
        )
        return EndpointRequest(head: head, body: Array(body.utf8))
    }
}

@Suite("A request to AWS") struct SigV4Tests {
    /// 2015-08-30T12:36:00Z.
    private static let moment = Instant(wall: .seconds(1_440_938_160), boot: .zero, bootID: "boot")
    private static let signer = SigV4(
        credentials: SigningCredentials(accessKeyID: "AKID", secretAccessKey: Secret("secret")),
        region: "us-east-1",
        service: "sso-oauth"
    )

    private static func request(_ path: String = "/token?aws_iam=t", fields: HTTPFields = [:]) -> EndpointRequest {
        let head = HTTPRequest(
            method: .post,
            scheme: "https",
            authority: "oidc.us-east-1.amazonaws.com",
            path: path,
            headerFields: fields
        )
        return EndpointRequest(head: head, body: Array("{}".utf8))
    }

    private static func canonical(_ request: EndpointRequest) -> [Substring] {
        CanonicalRequest(request, signing: CanonicalRequest.names(in: request)).text
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test("there are eleven signatures of botocore's to compare with")
    func vectors() throws {
        #expect(try SigV4Vector.all.get().count == 11)
    }

    @Test(
        "is signed as botocore signs it, canonical request and string to sign included (behaviour 33)",
        arguments: (try? SigV4Vector.all.get()) ?? []
    )
    func vector(_ vector: SigV4Vector) throws {
        let now = try vector.instant()
        let signed = vector.signer.sign(try vector.request(), at: now)
        let canonical = CanonicalRequest(signed, signing: CanonicalRequest.names(in: signed))
        #expect(canonical.text == vector.canonicalRequest)
        let scope = CredentialScope(date: SigningDate(now), region: vector.region, service: vector.service)
        #expect(StringToSign(canonical, in: scope).text == vector.stringToSign)
        #expect(signed.head.headerFields[.authorization] == vector.authorization)
        #expect(signed.head.headerFields[.amzDate] == vector.timestamp)
        #expect(signed.head.headerFields[.amzSecurityToken] == vector.sessionToken)
        #expect(signed.body == Array(vector.body.utf8), "the body that is signed is the body that is sent")
    }

    @Test("is the same when it is signed a second time, and loses the token of credentials that are no longer used")
    func again() {
        let temporary = SigV4(
            credentials: SigningCredentials(
                accessKeyID: "ASIA",
                secretAccessKey: Secret("other"),
                sessionToken: Secret("token")
            ),
            region: "us-east-1",
            service: "sso-oauth"
        )
        let once = Self.signer.sign(Self.request(), at: Self.moment)
        let other = temporary.sign(once, at: Self.moment.advanced(by: .seconds(60)))
        #expect(other.head.headerFields[.amzSecurityToken] == "token")
        let again = Self.signer.sign(other, at: Self.moment)
        #expect(again.head == once.head)
    }

    @Test("is signed for the moment that it is told, be it corrected by hours (behaviour 32)")
    func corrected() {
        let signed = Self.signer.sign(Self.request(), at: Self.moment.advanced(by: .seconds(-86_400 - 3600)))
        #expect(signed.head.headerFields[.amzDate] == "20150829T113600Z")
        #expect(signed.head.headerFields[.authorization]?.contains("/20150829/us-east-1/") == true)
    }

    @Test("leaves out of its signature what proxies and libraries change")
    func unsigned() throws {
        let noise = try ["Accept", "User-Agent", "Connection", "amz-sdk-request", "X-Amzn-Trace-Id", "Expect"].reduce(
            into: HTTPFields()
        ) { fields, name in fields[try #require(HTTPField.Name(name))] = "noise" }
        #expect(Self.canonical(Self.request(fields: noise)) == Self.canonical(Self.request()))
    }

    @Test(
        "has its query in one spelling",
        arguments: [
            ("/", ""), ("/?", ""), ("/?b=2&a=1", "a=1&b=2"), ("/?a=2&a=1", "a=1&a=2"), ("/?x", "x="), ("/?x=", "x="),
            ("/?a=b=c", "a=b%3Dc"), ("/?a=/:@", "a=%2F%3A%40"), ("/?a=%7e%2b%2B~", "a=~%2B%2B~"),
            ("/?a=%zz%", "a=%25zz%25"),
            ("/?&a=1&&", "a=1"), ("/?a=ü", "a=%C3%BC"), ("/?aa=1&a=2&A=3", "A=3&a=2&aa=1"), ("/?a=b?c", "a=b%3Fc"),
        ]
    )
    func query(path: String, expected: String) {
        #expect(Self.canonical(Self.request(path))[2] == expected)
    }

    @Test(
        "has its path in one spelling",
        arguments: [
            ("/", "/"), ("/token", "/token"), ("/a/b/", "/a/b/"), ("/a//b", "/a/b"), ("/a/./b/../c", "/a/c"),
            ("/..", "/"),
            ("/a%20b", "/a%2520b"), ("/a:b", "/a%3Ab"), ("/~a-b_c.d", "/~a-b_c.d"),
        ]
    )
    func path(path: String, expected: String) {
        #expect(Self.canonical(Self.request(path))[1] == expected)
    }

    @Test(
        "names its host with the port, unless that is the scheme's own",
        arguments: [
            ("https", "a.example", "a.example"), ("https", "a.example:443", "a.example"), ("https", "[::1]", "[::1]"),
            ("https", "a.example:8443", "a.example:8443"), ("http", "127.0.0.1:80", "127.0.0.1"),
            ("http", "127.0.0.1:443", "127.0.0.1:443"), ("https", "a.example:80", "a.example:80"),
        ]
    )
    func host(scheme: String, authority: String, expected: String) {
        var request = Self.request()
        request.head.scheme = scheme
        request.head.authority = authority
        #expect(Self.canonical(request)[3] == "host:\(expected)")
    }

    @Test("joins the values of a field that stands twice")
    func repeated() throws {
        let name = try #require(HTTPField.Name("X-Amz-Meta"))
        var fields = HTTPFields()
        fields.append(HTTPField(name: name, value: "b   c "))
        fields.append(HTTPField(name: name, value: "a"))
        #expect(Self.canonical(Self.request(fields: fields))[4] == "x-amz-meta:b c,a")
    }

    @Test(
        "has a date of one form",
        arguments: [
            ("20150830T123600Z", true), ("2015-08-30T12:36:00Z", false), ("20150830T123600", false), ("", false),
            ("20151330T123600Z", false), ("20150830T123600ZZ", false), ("20150830T123600+0000", false),
        ]
    )
    func date(text: String, isRead: Bool) {
        #expect((SigningDate(text) != nil) == isRead)
    }
}
