import FoundationEssentials
import LocalAPI
import Testing
import TokenClient
import TokenctlCommands

@Suite struct TokenFormTests {
    private func token(_ value: String, type: String = "bearer") throws -> AccessToken {
        let now = Timestamp(seconds: 1_795_411_980)
        return try AccessToken(
            TokenAnswer(
                account: "work",
                accessToken: value,
                tokenType: type,
                expiresAt: Timestamp(seconds: now.seconds + 3600),
                expiresIn: 3600,
                scope: [],
                issuer: "https://i.example",
                obtainedAt: now,
                refreshesAt: nil,
                expiryAssumed: false,
                degradedBecause: nil
            )
        )
    }

    private func decoded(_ base64: String) throws -> String {
        String(decoding: try #require(Data(base64Encoded: base64)), as: UTF8.self)
    }

    @Test("OAUTHBEARER is RFC 7628's message, a comma and an equals sign in the user's name escaped")
    func oauthBearer() throws {
        let message = SASL.oauthBearer(
            user: "me=you,us@example.com",
            token: try token("vF9dft4qmTc2Nvb3RlckBhbHRhdmlz")
        )
        #expect(
            try decoded(message)
                == "n,a=me=3Dyou=2Cus@example.com,\u{1}auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlz\u{1}\u{1}"
        )
    }

    @Test("XOAUTH2 is the message of Google's documentation")
    func xoauth2() throws {
        let message = SASL.xoauth2(
            user: "someuser@example.com",
            token: try token("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
        )
        #expect(
            message == "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhk"
                + "SFJoZG1semRHRXVZMjl0Q2cBAQ=="
        )
    }

    @Test("A user's name that would end its field is none", arguments: ["", "a\u{1}b", "a\nb", "a\u{7F}"])
    func users(user: String) { #expect(!SASL.isUser(user)) }

    @Test("The variables are what a shell evaluates to the same bytes")
    func variables() throws {
        #expect(
            ShellVariables.lines(for: try token("a'b$c", type: "DPoP")) == """
                ACCESS_TOKEN='a'\\''b$c'
                TOKEN_TYPE='DPoP'
                TOKEN_EXPIRES_AT='2026-11-23T06:33:00Z'
                """
        )
    }

    @Test("The type of a token is written as services want it", arguments: [("bearer", "Bearer"), ("DPoP", "DPoP")])
    func types(type: String, written: String) throws {
        #expect(try token("t", type: type).authorization == "\(written) t")
    }
}
