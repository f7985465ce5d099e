/// The eight patterns that data modules are mixed with, so that no symbol looks like a finder pattern or is all of one
/// colour (ISO/IEC 18004 section 7.8).
enum QRCodeMask: Int, CaseIterable {
    case chequers
    case rows
    case columns
    case diagonals
    case blocks
    case fields
    case fieldsAndParity
    case diagonalsAndFields

    /// Whether the pattern turns over the module there.
    func flips(_ row: Int, _ column: Int) -> Bool {
        switch self {
        case .chequers: (row + column) % 2 == 0
        case .rows: row % 2 == 0
        case .columns: column % 3 == 0
        case .diagonals: (row + column) % 3 == 0
        case .blocks: (row / 2 + column / 3) % 2 == 0
        case .fields: row * column % 2 + row * column % 3 == 0
        case .fieldsAndParity: (row * column % 2 + row * column % 3) % 2 == 0
        case .diagonalsAndFields: ((row + column) % 2 + row * column % 3) % 2 == 0
        }
    }
}

extension QRCode {
    /// How hard the symbol is to read: the four features of section 7.8.3, weighted. The least is chosen.
    var penalty: Int {
        let rows = (0..<size).map { row in (0..<size).map { isDark(row: row, column: $0) } }
        let columns = (0..<size).map { column in rows.map { $0[column] } }
        let lines = (rows + columns).reduce(0) { $0 + Self.runs(in: $1) + Self.finderLikes(in: $1) }

        var blocks = 0
        for row in 1..<size {
            for column in 1..<size {
                let module = rows[row][column]
                let others = [rows[row - 1][column], rows[row][column - 1], rows[row - 1][column - 1]]
                if others.allSatisfy({ $0 == module }) { blocks += 3 }
            }
        }
        let share = rows.joined().count { $0 } * 100 / (size * size)
        return lines + blocks + abs(share - 50) / 5 * 10
    }

    /// Three for five modules of one colour in a line, and one for each further module.
    private static func runs(in line: [Bool]) -> Int {
        var sum = 0
        var length = 1
        for index in 1..<line.count {
            length = line[index] == line[index - 1] ? length + 1 : 1
            if length == 5 { sum += 3 } else if length > 5 { sum += 1 }
        }
        return sum
    }

    /// Forty for each place that could be taken for a finder pattern: its dark and light runs, four light modules
    /// beside.
    private static func finderLikes(in line: [Bool]) -> Int {
        let core = [true, false, true, true, true, false, true]
        let light = [Bool](repeating: false, count: 4)
        return (0...(line.count - 11)).count { start in
            let window = line[start..<(start + 11)]
            return window.elementsEqual(core + light) || window.elementsEqual(light + core)
        } * 40
    }
}
