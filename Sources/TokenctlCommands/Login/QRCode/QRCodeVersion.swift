/// One of the sizes of a QR code at level L, and how its codewords are made (ISO/IEC 18004 sections 7.4 to 7.6).
struct QRCodeVersion {
    /// 1 to 10.
    let number: Int
    /// Codewords of data and of error correction together.
    private let total: Int
    private let blocks: Int
    private let correctionPerBlock: Int
    /// Rows and columns at which alignment patterns are centred.
    let alignment: [Int]

    private static let all = [
        QRCodeVersion(number: 1, total: 26, blocks: 1, correctionPerBlock: 7, alignment: []),
        QRCodeVersion(number: 2, total: 44, blocks: 1, correctionPerBlock: 10, alignment: [6, 18]),
        QRCodeVersion(number: 3, total: 70, blocks: 1, correctionPerBlock: 15, alignment: [6, 22]),
        QRCodeVersion(number: 4, total: 100, blocks: 1, correctionPerBlock: 20, alignment: [6, 26]),
        QRCodeVersion(number: 5, total: 134, blocks: 1, correctionPerBlock: 26, alignment: [6, 30]),
        QRCodeVersion(number: 6, total: 172, blocks: 2, correctionPerBlock: 18, alignment: [6, 34]),
        QRCodeVersion(number: 7, total: 196, blocks: 2, correctionPerBlock: 20, alignment: [6, 22, 38]),
        QRCodeVersion(number: 8, total: 242, blocks: 2, correctionPerBlock: 24, alignment: [6, 24, 42]),
        QRCodeVersion(number: 9, total: 292, blocks: 2, correctionPerBlock: 30, alignment: [6, 26, 46]),
        QRCodeVersion(number: 10, total: 346, blocks: 4, correctionPerBlock: 18, alignment: [6, 28, 50]),
    ]

    /// The smallest that holds that many bytes; `nil` where none does.
    static func smallest(for count: Int) -> QRCodeVersion? {
        all.first { 4 + $0.lengthBits + count * 8 <= $0.dataCount * 8 }
    }

    var size: Int { 17 + 4 * number }

    private var dataCount: Int { total - blocks * correctionPerBlock }
    private var lengthBits: Int { number < 10 ? 8 : 16 }

    /// The symbol's codewords in their order: data, padded, with error correction, the blocks interleaved.
    func codewords(for bytes: [UInt8]) -> [UInt8] {
        let data = self.data(bytes)
        let shortLength = dataCount / blocks
        let shortBlocks = blocks - dataCount % blocks
        var dataBlocks: [[UInt8]] = []
        var start = 0
        for index in 0..<blocks {
            let length = shortLength + (index < shortBlocks ? 0 : 1)
            dataBlocks.append(Array(data[start..<(start + length)]))
            start += length
        }
        let correctionBlocks = dataBlocks.map { ReedSolomon.correction(for: $0, count: correctionPerBlock) }
        return Self.interleaved(dataBlocks) + Self.interleaved(correctionBlocks)
    }

    /// Mode, length, bytes, terminator, and padding to the full length.
    private func data(_ bytes: [UInt8]) -> [UInt8] {
        var bits: [Bool] = []
        func append(_ value: Int, _ width: Int) {
            for shift in stride(from: width - 1, through: 0, by: -1) { bits.append(value >> shift & 1 == 1) }
        }
        append(0b0100, 4)
        append(bytes.count, lengthBits)
        for byte in bytes { append(Int(byte), 8) }
        append(0, min(4, dataCount * 8 - bits.count))
        append(0, (8 - bits.count % 8) % 8)
        var padding = [0xEC, 0x11]
        while bits.count < dataCount * 8 {
            append(padding[0], 8)
            padding.swapAt(0, 1)
        }
        return stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<(start + 8)].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        }
    }

    private static func interleaved(_ blocks: [[UInt8]]) -> [UInt8] {
        let longest = blocks.map(\.count).max() ?? 0
        return (0..<longest).flatMap { index in blocks.compactMap { index < $0.count ? $0[index] : nil } }
    }
}
