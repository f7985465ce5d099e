import FoundationEssentials
import Glibc
import OAuth

/// Secret bytes on their way into or out of a sealed cell; wiped when they go.
struct Plaintext: ~Copyable {
    private let buffer: UnsafeMutableRawBufferPointer

    /// What may stand in it, one after the other.
    enum Field {
        case absent
        case number(Int64)
        case text(String)
        case secret(Secret)
    }

    /// What a field begins with.
    fileprivate enum Tag: UInt8 {
        case absent
        case number
        case text
        case secret
    }

    /// Writes the fields and fills up with zeros to 4, 8, 16, … KiB.
    ///
    /// So a renewed row takes the room of the old one, which lets it be written on a full disk, and its size says little
    /// about the token.
    init(_ fields: [Field]) {
        let size = fields.reduce(0) { $0 + $1.size }
        var capacity = 4096
        while capacity < size { capacity *= 2 }
        buffer = .allocate(byteCount: capacity, alignment: 8)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        var rest = buffer[...]
        for field in fields { field.write(to: &rest) }
    }

    /// Takes over bytes that have been opened, and wipes them where they were.
    init(moving bytes: inout Data) {
        buffer = .allocate(byteCount: bytes.count, alignment: 8)
        bytes.withUnsafeMutableBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer($0))
            $0.wipe()
        }
    }

    deinit {
        buffer.wipe()
        buffer.deallocate()
    }

    /// Lends the bytes for the time of one call.
    borrowing func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(buffer))
    }

    /// Lends a reader of the fields for the time of one call.
    borrowing func read<Result>(_ body: (inout Reader) throws(Malformed) -> Result) throws(Malformed) -> Result {
        var reader = Reader(rest: UnsafeRawBufferPointer(buffer)[...])
        return try body(&reader)
    }

    /// The bytes are not fields in the order they are read in.
    struct Malformed: Error {}
}

extension Plaintext.Field {
    /// A text, or nothing.
    static func text(ifAny text: String?) -> Self { text.map(Self.text) ?? .absent }

    /// A secret, or nothing.
    static func secret(ifAny secret: Secret?) -> Self { secret.map(Self.secret) ?? .absent }

    fileprivate var size: Int {
        switch self {
        case .absent: 1
        case .number: 1 + 8
        case .text(let text): 1 + 8 + text.utf8.count
        case .secret(let secret): 1 + 8 + secret.count
        }
    }

    /// A tag, then eight bytes with the number or the count of the bytes that follow, the highest first.
    fileprivate func write(to rest: inout Slice<UnsafeMutableRawBufferPointer>) {
        func put(_ tag: Plaintext.Tag, _ number: Int64?) {
            rest[rest.startIndex] = tag.rawValue
            rest = rest.dropFirst()
            guard let number else { return }
            withUnsafeBytes(of: number.bigEndian) { put($0) }
        }
        func put(_ bytes: UnsafeRawBufferPointer) {
            UnsafeMutableRawBufferPointer(rebasing: rest).copyMemory(from: bytes)
            rest = rest.dropFirst(bytes.count)
        }
        switch self {
        case .absent: put(.absent, nil)
        case .number(let number): put(.number, number)
        case .text(var text):
            put(.text, Int64(text.utf8.count))
            text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
        case .secret(let secret):
            put(.secret, Int64(secret.count))
            secret.reveal { put($0) }
        }
    }
}

extension Plaintext {
    /// Reads the fields in the order they were written in.
    struct Reader {
        fileprivate var rest: Slice<UnsafeRawBufferPointer>

        /// Whether the next field is absent; it is passed if so.
        mutating func skipAbsent() -> Bool {
            guard rest.first == Tag.absent.rawValue else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func number() throws(Malformed) -> Int64 { try head(.number) }

        mutating func text() throws(Malformed) -> String {
            String(decoding: try bytes(.text), as: UTF8.self)
        }

        mutating func secret() throws(Malformed) -> Secret {
            var copy = Array(try bytes(.secret))
            defer { copy.wipe() }
            return Secret(utf8: copy)
        }

        /// A text, or `nil` where there is none.
        mutating func textIfAny() throws(Malformed) -> String? { skipAbsent() ? nil : try text() }

        /// A secret, or `nil` where there is none.
        mutating func secretIfAny() throws(Malformed) -> Secret? { skipAbsent() ? nil : try secret() }

        private mutating func bytes(_ tag: Tag) throws(Malformed) -> Slice<UnsafeRawBufferPointer> {
            let count = try head(tag)
            guard count >= 0, count <= rest.count else { throw Malformed() }
            defer { rest = rest.dropFirst(Int(count)) }
            return rest.prefix(Int(count))
        }

        private mutating func head(_ tag: Tag) throws(Malformed) -> Int64 {
            guard rest.count >= 9, rest.first == tag.rawValue else { throw Malformed() }
            defer { rest = rest.dropFirst(9) }
            return rest.dropFirst().prefix(8).reduce(0) { $0 << 8 | Int64($1) }
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Overwrites the bytes with zeros, which the compiler may not leave out.
    func wipe() {
        if let baseAddress { explicit_bzero(baseAddress, count) }
    }
}

extension [UInt8] {
    /// Overwrites the bytes with zeros, if this is their only copy.
    mutating func wipe() { withUnsafeMutableBytes { $0.wipe() } }
}

extension Sequence<UInt8> {
    /// Two lowercase digits a byte.
    var hex: String {
        reduce(into: "") { text, byte in
            text += byte < 16 ? "0" : ""
            text += String(byte, radix: 16)
        }
    }
}
