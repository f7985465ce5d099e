import Glibc

/// Bytes that must not be seen: a token, a client secret, a device code.
///
/// A secret shows itself as `[secret]` in every rendering, `dump` and interpolated errors included, is neither `Codable`
/// nor a string literal, and is wiped when its last copy goes. What reveals it is listed, file by file, in a test.
package struct Secret: Sendable, Hashable {
    private let bytes: WipedBytes

    /// Takes the UTF-8 bytes of a text. The caller's own string is not wiped.
    package init(_ text: String) {
        self.init(utf8: Array(text.utf8))
    }

    /// Takes a copy of the bytes. The caller's own copy is not wiped.
    package init(utf8 bytes: [UInt8]) {
        self.bytes = WipedBytes(bytes)
    }

    /// How many bytes the secret has.
    package var count: Int { bytes.buffer.count }

    /// Whether there is nothing in it, as in a form field that was sent empty.
    package var isEmpty: Bool { count == 0 }

    /// Lends the bytes for the time of one call; they must not be kept.
    package func reveal<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(bytes) { try body(UnsafeRawBufferPointer(bytes.buffer)) }
    }

    /// Copies the secret out as text, for wire forms that are text. The copy cannot be wiped.
    package func revealText() -> String {
        reveal { String(decoding: $0, as: UTF8.self) }
    }

    /// Compares in a time that depends on the lengths alone.
    package static func == (left: Secret, right: Secret) -> Bool {
        guard left.count == right.count else { return false }
        return left.reveal { left in
            right.reveal { right in zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0 }
        }
    }

    package func hash(into hasher: inout Hasher) {
        reveal { hasher.combine(bytes: $0) }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[secret]" }
    package var debugDescription: String { "[secret]" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The one place that owns a secret's bytes, so that one place can wipe them.
///
/// `@unchecked Sendable`: the buffer is written in `init` before anyone else has the reference, only read afterwards,
/// and written again in `deinit` when nobody has it any more.
private final class WipedBytes: @unchecked Sendable {
    let buffer: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
        buffer = .allocate(byteCount: bytes.count, alignment: 1)
        buffer.copyBytes(from: bytes)
    }

    deinit {
        if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
        buffer.deallocate()
    }
}
