import ArgumentParser
import LocalAPI
import Testing
import TokenctlCommands

@Suite struct FastCredentialsTests {
    @Test(
        "The plain question is recognised, and means what the argument parser makes of it",
        arguments: [
            ["corp", "--account-id", "012345678901", "--role", "Admin"],
            ["--account-id", "012345678901", "--role", "Admin", "corp"],
            ["--role", "Admin", "corp", "--account-id", "012345678901"],
            ["corp", "--role", "Admin Role+x/y@z=1,2", "--account-id", "012345678901", "--socket", "/s"],
            ["--socket", "/s", "corp", "--account-id", "1", "--role", ""],
            ["", "--account-id", "x", "--role", "R"],
        ]
    )
    func recognised(rest: [String]) throws {
        let arguments = ["aws", "credentials"] + rest
        let fast = try #require(FastCredentials(arguments))
        let parsed = try #require(try Tokenctl.parseAsRoot(arguments) as? AWSCredentialsCommand)
        #expect(fast == parsed.plain)
    }

    @Test(
        "Everything else is left to the argument parser",
        arguments: [
            [], ["aws"], ["aws", "credentials"], ["aws", "accounts", "corp"], ["credentials", "corp"],
            ["aws", "credentials", "corp"], ["aws", "credentials", "corp", "--account-id", "012345678901"],
            ["aws", "credentials", "corp", "--role", "R"],
            ["aws", "credentials", "--account-id", "012345678901", "--role", "R"],
            ["aws", "credentials", "corp", "--account-id", "012345678901", "--role"],
            ["aws", "credentials", "corp", "--account-id", "--role", "R"],
            ["aws", "credentials", "corp", "--account-id=012345678901", "--role=R"],
            ["aws", "credentials", "corp", "work", "--account-id", "012345678901", "--role", "R"],
            ["aws", "credentials", "corp", "--account-id", "012345678901", "--role", "R", "--role", "S"],
            ["aws", "credentials", "corp", "--account-id", "012345678901", "--role", "R", "--wait", "0"],
            ["aws", "credentials", "corp", "--account-id", "012345678901", "--role", "R", "--help"],
            ["--help", "aws", "credentials", "corp", "--account-id", "012345678901", "--role", "R"],
        ]
    )
    func leftAlone(arguments: [String]) { #expect(FastCredentials(arguments) == nil) }

    @Test("The fast path leads to the command that was meant, or to none")
    func path() {
        #expect(FastPath.command(["token", "work"]) is FastToken)
        let role = ["aws", "credentials", "corp", "--account-id", "012345678901", "--role", "R"]
        #expect(FastPath.command(role) is FastCredentials)
        #expect(FastPath.command(["status"]) == nil)
    }
}
