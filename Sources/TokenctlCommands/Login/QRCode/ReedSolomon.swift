/// Error correction over the field of 256 elements whose polynomial is x⁸ + x⁴ + x³ + x² + 1.
enum ReedSolomon {
    /// The correction codewords for a block: the remainder of its division by the generator polynomial of that degree.
    static func correction(for data: [UInt8], count: Int) -> [UInt8] {
        let generator = generator(degree: count)
        var remainder = [UInt8](repeating: 0, count: count)
        for byte in data {
            let factor = byte ^ remainder.removeFirst()
            remainder.append(0)
            for (index, coefficient) in generator.enumerated() {
                remainder[index] ^= product(coefficient, factor)
            }
        }
        return remainder
    }

    /// (x - 2⁰)(x - 2¹)…, from the second highest power down; the highest has the coefficient 1.
    private static func generator(degree: Int) -> [UInt8] {
        var coefficients = [UInt8](repeating: 0, count: degree - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            for index in coefficients.indices {
                coefficients[index] = product(coefficients[index], root)
                if index + 1 < degree { coefficients[index] ^= coefficients[index + 1] }
            }
            root = product(root, 2)
        }
        return coefficients
    }

    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var result: UInt8 = 0
        for shift in stride(from: 7, through: 0, by: -1) {
            result = result << 1 ^ (result >> 7) * 0x1D
            result ^= (right >> shift & 1) * left
        }
        return result
    }
}
