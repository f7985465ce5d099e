import LocalAPI
import Testing

@Suite("Account names")
struct AccountNameTests {
    @Test(
        "Letters, digits and a few signs make a name",
        arguments: ["a", "7", "Z", "work", "me@example.com", "a-b_c.d+e"]
    )
    func valid(name: String) {
        #expect(AccountName.isValid(name))
    }

    @Test("A name begins with a letter or digit", arguments: [".", "_a", "@a", "+a", "-a"])
    func begin(name: String) {
        #expect(!AccountName.isValid(name))
    }

    @Test("Nothing else is a name", arguments: ["", "a b", "a/b", "a%2Fb", "a\u{0}", "\u{E4}", "a\n"])
    func invalid(name: String) {
        #expect(!AccountName.isValid(name))
    }

    @Test("A name has 64 characters at most")
    func length() {
        #expect(AccountName.isValid(String(repeating: "a", count: 64)))
        #expect(!AccountName.isValid(String(repeating: "a", count: 65)))
    }
}
