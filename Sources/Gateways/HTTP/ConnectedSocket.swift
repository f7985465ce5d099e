internal import Glibc
internal import NIOCore

/// The socket of an accepted connection, for what goes out and comes in without the event loop's help.
///
/// It is the channel's socket and non-blocking. It may be used on the channel's event loop, while the channel is open
/// and holds nothing that is still to be written.
struct ConnectedSocket {
    let descriptor: CInt

    /// Reads what is there already, up to a number of bytes; nothing, when there is none yet or the client is gone.
    func receive(upTo count: Int) -> ByteBuffer {
        var bytes = ByteBufferAllocator().buffer(capacity: count)
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: count) {
            max(0, recv(descriptor, $0.baseAddress, count, 0))
        }
        return bytes
    }

    /// Sends what the kernel takes at once and leaves the rest in `bytes`, all of it when the client is gone.
    func send(_ bytes: inout ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        let count = bytes.withUnsafeReadableBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }
        bytes.moveReaderIndex(forwardBy: max(0, count))
    }
}
