/// A command line as text, split again alike by a POSIX shell and by Python's `shlex`: one or the other reads the
/// `credential_process` of each of AWS's programs.
package enum CommandLineText {
    /// The words joined, quoted where they must be.
    package static func joined(_ words: [String]) -> String {
        words.map { word in
            let isPlain = !word.isEmpty && word.utf8.allSatisfy(isPlain)
            return isPlain ? word : ShellVariables.quoted(word)
        }
        .joined(separator: " ")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-+=,.@%:/".utf8.contains(byte)
        }
    }
}
