import Glibc

/// Bytes at a fixed address that are wiped when they are let go: requests and answers hold tokens.
///
/// Best effort: what libcurl, OpenSSL and the kernel copied on the way is out of reach.
struct WipingBuffer: ~Copyable {
    private var storage: UnsafeMutableRawBufferPointer
    private(set) var count: Int

    /// Takes a copy of the bytes.
    init(_ bytes: [UInt8] = []) {
        // Never without an address: libcurl takes a null pointer for «ask the read callback».
        storage = .allocate(byteCount: max(bytes.count, 1), alignment: 1)
        storage.copyBytes(from: bytes)
        count = bytes.count
    }

    deinit { Self.release(storage) }

    /// Where the bytes are, until the next `append`.
    var address: UnsafeMutableRawPointer? { storage.baseAddress }

    /// A copy for the caller to keep.
    var bytes: [UInt8] { Array(storage[..<count]) }

    /// Adds bytes at the end, moving all of them to a larger place when there is no room.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let needed = count + bytes.count
        if needed > storage.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(needed, 2 * storage.count), alignment: 1)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<count]))
            Self.release(storage)
            storage = larger
        }
        UnsafeMutableRawBufferPointer(rebasing: storage[count..<needed]).copyMemory(from: bytes)
        count = needed
    }

    private static func release(_ storage: UnsafeMutableRawBufferPointer) {
        if let start = storage.baseAddress { explicit_bzero(start, storage.count) }
        storage.deallocate()
    }
}
