/// What libcurl hands over while a transfer runs, within the limits that hold for it.
final class Reception {
    /// Which limit was passed.
    enum Excess: Sendable, Hashable {
        case head
        case body
    }

    /// For all header fields of an answer together, interim answers and trailers included, in bytes.
    static let maximumHead = 64 * 1024

    /// Whether the connection stood and the request was about to be sent.
    private(set) var requestBegan = false
    private(set) var excess: Excess?
    /// How many bytes of status lines and header fields came.
    private(set) var headSize = 0
    /// Whether the last head came up to its empty line.
    private(set) var headIsWhole = false
    private let maximumBody: Int
    private var buffer = WipingBuffer()

    init(maximumBody: Int) {
        self.maximumBody = maximumBody
    }

    /// The body so far, decompressed.
    var body: [UInt8] { buffer.bytes }

    func beginRequest() { requestBegan = true }

    /// Counts a line of a head or a trailer.
    ///
    /// - Returns: whether the transfer may go on.
    func receiveHead(_ line: UnsafeRawBufferPointer) -> Bool {
        headSize += line.count
        if line.starts(with: "HTTP/".utf8) { headIsWhole = false }
        if line.elementsEqual("\r\n".utf8) || line.elementsEqual("\n".utf8) { headIsWhole = true }
        if headSize > Self.maximumHead { excess = .head }
        return excess == nil
    }

    /// Keeps a piece of the body.
    ///
    /// - Returns: whether the transfer may go on.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= maximumBody - buffer.count else {
            excess = .body
            return false
        }
        buffer.append(bytes)
        return true
    }
}
