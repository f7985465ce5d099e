import Settings
import TOMLKit
import Testing

@Suite("Positions of keys")
struct KeyPositionsTests {
    /// Documents in which keys are hard to tell from what is none.
    static let corpus: [String] = [
        "",
        "# nothing but a comment",
        "\u{FEFF}a = 1\n",
        "a = 1\r\nb = 2\r\n[c]\r\nd = 3\r\n",
        "a.b.c = 1\na.b.d = 2\na . e\t.\tf = 3",
        "\"quoted key\" = 1\n'literal \"key\"' = 2\n\"\" = 3\n'.'.'=' = 4",
        #""tab\t" = 1"# + "\n" + #""\u00e9\U0001F600\"\\" = 2"#,
        "3.14159 = \"pi\"\n-_- = 1\n1979-05-27 = 2",
        "[a]\nb = 1\n[a.c]\nd = 2\n[ e . 'f g' ] # comment [h]\ni = 3",
        "[a.b.c]\n[a]\nd = 1",
        "[[p]]\nname = 'x'\n[[p]]\n[[p]]\nname = 'y'\n[[p.q]]\nr = 1\n[[p.q]]\nr = 2\n[p.s]\nt = 3",
        "[[a.b]]\n[a.b.c]\nd = 1\n[[a.b]]\n[a.b.c]\nd = 2",
        "a = { b = 1, c.d = 2, \"e f\" = { g = 3 } }\nh = {}",
        "a = [ { b = 1 }, { b = 2, c = [ { d = 3 } ] }, 4, [ [ { e = 5 } ] ] ]",
        "a = [\n  1, # = in a comment\n  { b = 2 }, # ]\n  # { c = 3 }\n]\nd = 1",
        "a = \"# b = 1\" # c = 2\nd = '[e]'",
        "a = \"\"\"\nb = 1\n[c]\n\"\"\"\nd = 1",
        "a = '''\nb = \"1\n'''\nc = 1",
        "a = \"\"\"x\"\"\"\"\"\nb = 1",
        "a = '''x'''''\nb = 1",
        "a = \"\"\"x\\\"\"\"\\\n   y\"\"\"\nb = 1",
        "a = \"\"\"\"\"\"\nb = ''''''\nc = \"\"\nd = ''\ne = [\"\", '', \"\"\"\"\"\"]",
        "a = 'C:\\'\nb = \"\\\\\"\nc = 1",
        "a = 1979-05-27 07:32:00Z\nb = 07:32:00.999\nc = +inf\nd = 0x1F\ne = 1_000\nf = 6.02e23",
        "a = [1979-05-27 07:32:00, 1979-05-28]\nb = {c = 1979-05-27,d=true}",
        "a = 1 # é\n\"日本\".\"語\" = 1",
        "a = 0\nb = +0\nc = -17\nd = 1_000_000\ne = 0xdead_BEEF\nf = 0o755\ng = 0b1101\nh = 0xE5",
        "a = 1.0\nb = -0.01\nc = 5e+22\nd = 1e06\ne = -2E-2\nf = 6.626e-34\ng = 9_224.1\nh = [inf, +inf, -inf, nan, +nan, -nan]",
        "a = 1979-05-27T07:32:00z\nb = 1979-05-27t00:32:00.999999-07:00\nc = 1979-05-27 00:32:00+01:00\nd = 1979-05-27",
        "a = 07:32:00\nb = [ 00:32:00.5,07:32:00 ]\nc = { d = 1979-05-27 07:32:00 , e = true }\nf = false # g = 1",
        "a = [ # ]\r\n\r\n1\t,\r\n# b\r\n2,\r\n]\r\n[ c ]\r\n",
        "a=1\nb\t=\t2\n  c = 3\n\td = 4",
    ]

    private func paths(of table: TOMLTable, below path: [KeyPositions.Step] = []) -> [[KeyPositions.Step]] {
        table.keys.flatMap { key in
            [path + [.key(key)]] + (table[key].map { paths(of: $0, at: path + [.key(key)]) } ?? [])
        }
    }

    private func paths(of value: any TOMLValueConvertible, at path: [KeyPositions.Step]) -> [[KeyPositions.Step]] {
        if let table = value.table { return paths(of: table, below: path) }
        guard let array = value.array else { return [] }
        return array.enumerated().flatMap { paths(of: $1, at: path + [.index($0)]) }
    }

    @Test("Exactly the keys that TOMLKit knows are found", arguments: corpus)
    func sameKeys(_ text: String) throws {
        let expected = paths(of: try TOMLTable(string: text))
        let found = try KeyPositions(text).keys.map(\.path)
        #expect(Set(found) == Set(expected))
        #expect(found.count == expected.count)
    }

    @Test("At each position stands the key's last step, bare or in quotes", arguments: corpus)
    func positions(_ text: String) throws {
        let lines = text.unicodeScalars.drop { $0 == "\u{FEFF}" }.split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        for (path, position) in try KeyPositions(text).keys {
            guard case .key(let name)? = path.last else {
                Issue.record("a path that does not end in a key")
                continue
            }
            let line = try #require(lines.dropFirst(position.line - 1).first)
            let rest = String(String.UnicodeScalarView(line.dropFirst(position.column - 1)))
            #expect(rest.hasPrefix(name) || rest.hasPrefix("\"") || rest.hasPrefix("'"))
        }
    }

    @Test("Lines and columns are those of an editor")
    func places() throws {
        let text = """
            a = 1
            # é
            [b."ç d" . e]
              f = { g = 1, h.i = 2 } # j = 3
            [[k]]
            l = 1
            [[k]]
              l = "é"
            """
        let positions = try KeyPositions(text)
        #expect(positions[[.key("a")]] == Position(line: 1, column: 1))
        #expect(positions[[.key("b")]] == Position(line: 3, column: 2))
        #expect(positions[[.key("b"), .key("ç d")]] == Position(line: 3, column: 4))
        #expect(positions[[.key("b"), .key("ç d"), .key("e")]] == Position(line: 3, column: 12))
        let inline: [KeyPositions.Step] = [.key("b"), .key("ç d"), .key("e"), .key("f")]
        #expect(positions[inline] == Position(line: 4, column: 3))
        #expect(positions[inline + [.key("g")]] == Position(line: 4, column: 9))
        #expect(positions[inline + [.key("h")]] == Position(line: 4, column: 16))
        #expect(positions[inline + [.key("h"), .key("i")]] == Position(line: 4, column: 18))
        #expect(positions[[.key("k")]] == Position(line: 5, column: 3))
        #expect(positions[[.key("k"), .index(0), .key("l")]] == Position(line: 6, column: 1))
        #expect(positions[[.key("k"), .index(1), .key("l")]] == Position(line: 8, column: 3))
        #expect(positions[[.key("j")]] == nil)
    }

    @Test(
        "A text nested without end is refused before anything recurses into it",
        arguments: [("a", ".a"), ("[a", ".a"), ("[[a", ".a"), ("a = ", "["), ("a = ", "{a = "), ("a = ", "[{b.c = ")]
    )
    func nesting(_ opening: String, _ more: String) throws {
        let text = opening + String(repeating: more, count: 300_000) + "]]"
        let error = #expect(throws: SettingsErrors.self) { try Settings(text: text, file: "f", home: nil) }
        #expect(try #require(error?.errors.first).message == "syntax error: nested more than 64 deep")
    }

    @Test("A text that is changed anywhere still has the keys that TOMLKit knows, if it is one", arguments: corpus)
    func changed(_ text: String) {
        let scalars = Array(text.unicodeScalars)
        var read = 0
        for index in scalars.indices {
            let before = String(String.UnicodeScalarView(scalars[..<index]))
            let after = String(String.UnicodeScalarView(scalars[index...]))
            for letter in ["\"", "'", "[", "]", "{", "}", "=", ".", ",", "#", "\\", "\n", " ", "x", "1"] {
                let changed = before + letter + after
                guard let found = try? KeyPositions(changed), let table = try? TOMLTable(string: changed) else {
                    continue
                }
                #expect(Set(found.keys.map(\.path)) == Set(paths(of: table)), "\(changed)")
                read += 1
            }
        }
        #expect(read > 0 || text.isEmpty)
    }
}
