import Testing
import TokenctlCommands

@Suite struct FastTokenTests {
    @Test(
        "The plain question is recognised",
        arguments: [
            (["token", "work"], nil),
            (["token", "--socket", "/s", "work"], "/s"),
            (["token", "work", "--socket", "/s"], "/s"),
        ] as [([String], String?)]
    )
    func recognised(arguments: [String], socket: String?) throws {
        let call = try #require(FastToken(arguments))
        #expect(call.account == "work")
        #expect(call.socketPath == socket)
    }

    @Test(
        "Everything else is left to the argument parser",
        arguments: [
            [], ["token"], ["tokens", "work"], ["status", "work"], ["--socket", "/s", "token", "work"],
            ["token", "work", "corp"], ["token", "--help"], ["token", "work", "--json"], ["token", "--force", "work"],
            ["token", "work", "--socket"], ["token", "work", "--socket", "--json"], ["token", "--", "work"],
            ["token", "work", "--socket", "/a", "--socket", "/b"], ["token", "work", "--socket=/s"], ["token", "-h"],
        ]
    )
    func leftAlone(arguments: [String]) { #expect(FastToken(arguments) == nil) }
}
