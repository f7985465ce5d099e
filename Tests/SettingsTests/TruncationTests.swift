import Settings
import Testing

@Suite("Damaged configurations")
struct TruncationTests {
    static let document = #"""
        [tokend]
        refresh_margin = "20m"   # é
        log_level = 'info'

        [account."ada@work"]
        issuer = "https://login.example.com"
        client_id = """abc"""
        client_secret = { command = ["pass", "x"] }
        scopes = [
            "openid", # first
            'offline_access',
        ]
        extra = { access_type = "offline\u0021", "a b".c = "" }

        [[account.list]]
        a.b = 1979-05-27 07:32:00
        """#

    /// A damaged text is read, or refused with places that lie within it (or right behind its end).
    private func expectOrder(_ text: String) {
        do throws(SettingsErrors) {
            _ = try Settings(text: text, file: "f", home: "/home/ada")
        } catch {
            #expect(!error.errors.isEmpty)
            let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            for diagnostic in error.errors {
                guard let position = diagnostic.position, lines.indices.contains(position.line - 1) else {
                    Issue.record("\(diagnostic) is not a place in:\n\(text)")
                    continue
                }
                #expect(
                    (1...lines[position.line - 1].count + 2).contains(position.column),
                    "\(diagnostic) in:\n\(text)"
                )
            }
        }
    }

    @Test("A text that ends early is read, or refused at a place within it")
    func truncated() {
        let scalars = Array(Self.document.unicodeScalars)
        for end in 0...scalars.count {
            expectOrder(String(String.UnicodeScalarView(scalars[..<end])))
        }
    }

    @Test(
        "A text with one letter lost, changed or added is read, or refused at a place within it",
        arguments: [
            "", "\"", "]", "}", "=", ".", "\\", "\n", "\u{0}", "\u{7F}", "é",
        ]
    )
    func changed(_ letter: String) {
        let scalars = Array(Self.document.unicodeScalars)
        for index in scalars.indices {
            let before = String(String.UnicodeScalarView(scalars[..<index]))
            let after = String(String.UnicodeScalarView(scalars[(index + 1)...]))
            expectOrder(before + letter + after)
            expectOrder(before + letter + String(scalars[index]) + after)
        }
    }
}
