/// Makes gzip streams (RFC 1952) without a library.
enum Gzip {
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]

    /// A whole stream that holds the bytes as they are.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let length = UInt16(bytes.count)
        var stream = header + [1]
        stream += length.littleEndianBytes
        stream += (~length).littleEndianBytes
        stream += bytes
        stream += crc32(bytes).littleEndianBytes
        stream += UInt32(bytes.count).littleEndianBytes
        return stream
    }

    /// The beginning of a stream that grows to about `size` zero bytes, 158 from each of its own: one literal and then
    /// nothing but «the last byte, 258 times» in the fixed code of RFC 1951 section 3.2.6.
    static func bomb(size: Int) -> [UInt8] {
        var bytes = header
        var bits: UInt32 = 0
        var count = 0
        func put(_ value: UInt32, _ width: Int) {
            bits |= value << count
            count += width
            while count >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bits >>= 8
                count -= 8
            }
        }
        put(0b011, 3)
        put(0b0000_1100, 8)
        // Length code 285 is 11000101, sent from its highest bit on; distance code 0 is 00000.
        for _ in 0..<(size / 258) { put(0b0_0000_1010_0011, 13) }
        return bytes
    }

    /// The checksum of RFC 1952 section 8.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 {
                let half = crc >> 1
                crc = crc & 1 == 0 ? half : half ^ 0xEDB8_8320
            }
        }
        return ~crc
    }
}

extension FixedWidthInteger {
    fileprivate var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
