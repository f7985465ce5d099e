import Testing
import TokenctlCommands

@Suite struct QRCodeTests {
    @Test(
        "The smallest version that holds the text is taken, and a longer text has none",
        arguments: [(1, 21), (17, 21), (18, 25), (106, 37), (107, 41), (134, 41), (135, 45), (230, 53), (271, 57)]
    )
    func versions(length: Int, size: Int) {
        #expect(QRCode(String(repeating: "a", count: length))?.size == size)
        #expect(QRCode(String(repeating: "a", count: 272)) == nil)
    }

    /// Symbols that another encoder made with the same mask, and that a reader of symbols reads back; each row is a
    /// number whose bits are its modules.
    static let symbols = [
        (
            "https://i.example/",
            """
            1fd887f 1040941 1753c5d 175a25d 175ef5d 1049541 1fd557f ad00 1e50f9d 1738102 1150470 \
            1423d7c 8fa3d7 6a6bf1 cf1496 1731bf1 6723ff 19915 1fc3157 1049313 17439f8 1755cdf 175b856 \
            1054054 1fdd47f
            """
        ),
        (
            String(repeating: "q", count: 150),
            """
            1fde11c5597f 105022acca41 174b775cca5d 1743bbcaab5d 175011f5575d 1052211cc841 1fd55555557f \
            138b133000 1cd947f554f3 28dec3aaaa3 10c7dc533135 188a8aa3303a 164c45355453 1eabec3aaaa3 \
            4e6dc533135 150f8aa3303a 3c245355453 1c86ec3aaaa3 15fadc533135 18888aa3303a 9f745f555f3 \
            113ed1aab13 751df533155 131d8913311a 1bf545f555f3 bcefcaa8a3 1dddec33255 11bc88a333ca \
            1554465556c3 1c8eefcaa8a3 deddec33255 83088a333ca 16efc65556c3 1e372fcaa8a3 142dec33255 \
            f3388a333c9 134847f557f1 1aef1aab13 1fc51d533355 10504b13311a 174d07f557f3 17402eaaab32 \
            1755df333156 10508b3332a8 1fd845555731
            """
        ),
    ]

    @Test("Every module is where another encoder puts it", arguments: symbols)
    func modules(text: String, rows: String) throws {
        let symbol = try #require(QRCode(text))
        let drawn = (0..<symbol.size).map { row in
            String((0..<symbol.size).reduce(0) { $0 << 1 | (symbol.isDark(row: row, column: $1) ? 1 : 0) }, radix: 16)
        }
        #expect(drawn == rows.split(separator: " ").map(String.init))
    }

    @Test("A drawing has half as many lines as modules, in white on black, with room around")
    func drawing() throws {
        let symbol = try #require(QRCode("a"))
        let lines = QRCodeDrawing.lines(symbol)
        #expect(lines.count == (21 + 8 + 1) / 2)
        #expect(lines.first == "\u{1B}[97;40m" + String(repeating: "█", count: 29) + "\u{1B}[0m")
        #expect(lines[2].contains("████ ▄▄▄▄▄ █"))
    }
}
