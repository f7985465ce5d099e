internal import NIOCore

/// A token's reply, rendered once, head included, with fields of fixed width for what differs from reader to reader.
///
/// The bytes are changed in place. While an earlier reply of the same token still waits in a connection, the buffer's
/// copy-on-write gives that one its own copy; in the common case nothing is copied or allocated.
struct ReadyReply {
    private var buffer: ByteBuffer
    private let connectionIndex: Int
    private var isLast = false
    private var secondsLeft: Int64?

    /// Renders a reply whose body, if it is JSON, ends with the field that `TokenBody` leaves for `expires_in`.
    init(_ reply: Reply) {
        buffer = reply.rendered(isLast: false)
        let endOfHead = buffer.writerIndex - reply.body.count - Reply.endOfHead.utf8.count
        connectionIndex = endOfHead - Reply.keepAlive.utf8CodeUnitCount
    }

    /// The reply for one reader.
    ///
    /// - Parameters:
    ///   - isLast: Whether the connection closes after it.
    ///   - secondsLeft: What `expires_in` shall say; `nil` for a body without one.
    /// - Returns: Head and body, ready to be sent.
    mutating func bytes(isLast: Bool, secondsLeft: Int64?) -> ByteBuffer {
        if isLast != self.isLast {
            self.isLast = isLast
            _ = buffer.setStaticString(isLast ? Reply.paddedClose : Reply.keepAlive, at: connectionIndex)
        }
        if let secondsLeft, secondsLeft != self.secondsLeft {
            self.secondsLeft = secondsLeft
            write(secondsLeft)
        }
        return buffer
    }

    /// Overwrites everything with zeros. It must not be sent afterwards.
    mutating func wipe() {
        buffer.setRepeatingByte(0, count: buffer.writerIndex, at: 0)
    }

    /// Writes a number into the field at the end of the body, digits to the right.
    private mutating func write(_ number: Int64) {
        var rest = number
        var index = buffer.writerIndex - TokenBody.tail.utf8.count
        for digit in 0..<TokenBody.secondsWidth {
            index -= 1
            let isBlank = rest == 0 && digit > 0
            buffer.setInteger(isBlank ? UInt8(ascii: " ") : UInt8(ascii: "0") + UInt8(rest % 10), at: index)
            rest /= 10
        }
    }
}
