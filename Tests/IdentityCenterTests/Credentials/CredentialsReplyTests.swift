import HTTPTypes
import IdentityCenter
import OAuth
import Testing

@Suite("Credentials in an answer") struct CredentialsReplyTests {
    /// 2026-11-23T00:00:00Z.
    private static let now = Instant(wall: .seconds(1_795_392_000), boot: .zero, bootID: "boot")
    private static let canary = "canary0123456789"

    private static func reply(_ body: String, _ status: HTTPResponse.Status = .ok, _ fields: HTTPFields = [:])
        -> EndpointReply
    {
        let head = HTTPResponse(status: status, headerFields: fields)
        return EndpointReply(head: head, body: Array(body.utf8), sentAt: now)
    }

    private static func sts(_ credentials: String, action: String = "AssumeRole") -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <\(action)Result>
            <AssumedRoleUser><AssumedRoleId>AROA:tokend</AssumedRoleId><Arn>arn:aws:sts::1:r/tokend</Arn></AssumedRoleUser>
            <Credentials>\(credentials)</Credentials>
          </\(action)Result>
          <ResponseMetadata><RequestId>c6104cbe</RequestId></ResponseMetadata>
        </\(action)Response>
        """
    }

    private static let expected = SigningCredentials(
        accessKeyID: "ASIA",
        secretAccessKey: Secret("se/cr+et="),
        sessionToken: Secret("to&ken"),
        expiresAt: now.wall + .seconds(3600)
    )

    @Test(
        "is read from what a command prints",
        arguments: [
            (#""Expiration":"2026-11-23T01:00:00Z""#, true),
            (#""Expiration":"2026-11-23T01:00:00.123456Z","AccountId":"1""#, true),
            (#""Expiration":"2026-11-23T02:00:00+01:00""#, true), (#""Expiration":"2026-11-23T01:00:00UTC""#, true),
            (#""Expiration":null"#, false), (#""Unknown":[1]"#, false),
        ]
    )
    func process(member: String, ends: Bool) throws {
        let output =
            #"{"Version":1,"AccessKeyId":"ASIA","SecretAccessKey":"se/cr+et=","SessionToken":"to&ken",\#(member)}"#
        var expected = Self.expected
        if !ends { expected.expiresAt = nil }
        #expect(try SigningCredentials(processOutput: Array(output.utf8), at: Self.now) == expected)
    }

    @Test(
        "is refused from a command that prints something else",
        arguments: [
            ("", "does not print a JSON object"), ("[]", "does not print a JSON object"),
            (#"{"AccessKeyId":"A","SecretAccessKey":"\#(canary)"}"#, #"does not print "Version": 1"#),
            (#"{"Version":2,"AccessKeyId":"A","SecretAccessKey":"\#(canary)"}"#, #"does not print "Version": 1"#),
            (#"{"Version":1,"AccessKeyId":"A"}"#, "gives no usable access key"),
            (#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":""}"#, "gives no usable access key"),
            (#"{"Version":1,"AccessKeyId":"A\nB: c","SecretAccessKey":"\#(canary)"}"#, "gives no usable access key"),
            (
                #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"\#(canary)","Expiration":"soon"}"#,
                "gives credentials whose Expiration is no date"
            ),
            (
                #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"\#(canary)","Expiration":1}"#,
                "gives credentials whose Expiration is no date"
            ),
            (
                #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"\#(canary)","Expiration":"2026-11-23T00:00:00Z"}"#,
                "gives credentials that have ended"
            ),
        ]
    )
    func badProcess(output: String, reason: String) {
        let error = #expect(throws: NoCredentials.self) {
            try SigningCredentials(processOutput: Array(output.utf8), at: Self.now)
        }
        #expect(error?.reason == reason)
    }

    @Test("is read from a container's agent and an instance's metadata service")
    func metadata() throws {
        let members =
            #""AccessKeyId":"ASIA","SecretAccessKey":"se/cr+et=","Token":"to&ken","Expiration":"2026-11-23T01:00:00Z""#
        #expect(try SigningCredentials(metadata: Self.reply("{\(members)}")) == Self.expected)
        let instance = #"{"Code":"Success","LastUpdated":"2026-11-22T23:00:00Z","Type":"AWS-HMAC",\#(members)}"#
        #expect(try SigningCredentials(metadata: Self.reply(instance)) == Self.expected)
    }

    @Test("is refused from a metadata service that has none")
    func badMetadata() {
        let failed = Self.reply(#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"}"#)
        let page = Self.reply("<html>", .ok)
        let busy = Self.reply("", .serviceUnavailable, [.retryAfter: "7"])
        let reasons = [failed, page, busy].map { reply in
            #expect(throws: NoCredentials.self) { try SigningCredentials(metadata: reply) }
        }
        #expect(
            reasons == [
                NoCredentials("has no credentials: AssumeRoleUnauthorizedAccess"),
                NoCredentials("does not answer with a JSON object"),
                NoCredentials("refuses with HTTP status 503", retryAfter: .seconds(7)),
            ]
        )
    }

    @Test("is read from STS", arguments: ["AssumeRole", "AssumeRoleWithWebIdentity"])
    func sts(action: String) throws {
        let credentials = """
            <AccessKeyId>ASIA</AccessKeyId> <SecretAccessKey>se/cr&#43;et&#x3d;</SecretAccessKey>
            <SessionToken>to&amp;ken</SessionToken><Expiration>2026-11-23T01:00:00Z</Expiration>
            """
        #expect(try SigningCredentials(sts: Self.reply(Self.sts(credentials, action: action))) == Self.expected)
        let prefixed = credentials.replacing("</", with: "</s:").replacing("<", with: "<s:").replacing(
            "<s:/s:",
            with: "</s:"
        )
        #expect(try SigningCredentials(sts: Self.reply(Self.sts(prefixed))) == Self.expected)
    }

    @Test("is refused by STS in its own words, made fit to be shown")
    func stsRefusal() {
        let body = """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
            <Code>AccessDenied</Code>
            <Message>User: arn:aws:iam::1:user/u is not authorized: sts:AssumeRole &lt;r&gt;\u{1B}[31m</Message>
            </Error></ErrorResponse>
            """
        let error = #expect(throws: NoCredentials.self) { try SigningCredentials(sts: Self.reply(body, .forbidden)) }
        #expect(
            error?.reason
                == "refuses: AccessDenied: User: arn:aws:iam::1:user/u is not authorized: sts:AssumeRole <r> [31m"
        )
        let page = #expect(throws: NoCredentials.self) {
            try SigningCredentials(sts: Self.reply("<html><body>Bad gateway", .badGateway))
        }
        #expect(page?.reason == "refuses: HTTP status 502")
        let empty = #expect(throws: NoCredentials.self) { try SigningCredentials(sts: Self.reply(Self.sts(""))) }
        #expect(empty?.reason == "gives no usable access key")
    }

    @Test(
        "tells by its date how far AWS's clock is off, unless that is no matter",
        arguments: [
            ("Mon, 23 Nov 2026 00:03:59 GMT", nil), ("Mon, 23 Nov 2026 00:05:00 GMT", 300),
            ("Sun, 22 Nov 2026 23:00:00 GMT", -3600), ("nonsense", nil),
        ] as [(String, Int?)]
    )
    func clock(date: String, offset: Int?) {
        #expect(Self.reply("", .forbidden, [.date: date]).clockOffset == offset.map { .seconds($0) })
    }
}
