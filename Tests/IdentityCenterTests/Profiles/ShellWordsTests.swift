import IdentityCenter
import Testing

@Suite("A line of words") struct ShellWordsTests {
    /// What `shlex.split` of Python 3.11 answers.
    @Test(
        "is split as a shell does it",
        arguments: [
            ("", []), ("  ", []), ("a", ["a"]), ("a  b\tc\nd", ["a", "b", "c", "d"]), ("'a b' c", ["a b", "c"]),
            ("\"a b\" c", ["a b", "c"]), ("a\\ b", ["a b"]), ("''", [""]), ("a ''\"\"", ["a", ""]),
            ("a'b'\"c\"d", ["abcd"]),
            ("'a\\b'", ["a\\b"]), (#""a\"b\\c\d""#, [#"a"b\c\d"#]), ("\"it's\"", ["it's"]),
            ("$HOME * #no", ["$HOME", "*", "#no"]),
            ("/opt/bin/tool --profile \"my ops\"", ["/opt/bin/tool", "--profile", "my ops"]),
            ("größe ü", ["größe", "ü"]),
        ]
    )
    func split(line: String, words: [String]) {
        #expect(ShellWords.split(line) == words)
    }

    @Test("is none when it ends too soon", arguments: ["'a", "\"a", "a\\", "\"a\\", "it's"])
    func unfinished(line: String) {
        #expect(ShellWords.split(line) == nil)
    }
}
