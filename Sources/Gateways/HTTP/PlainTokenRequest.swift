internal import Glibc
internal import LocalAPI

/// The request that nearly every reader makes, recognised in one pass over its bytes: `GET /v1/accounts/NAME/token`
/// without a query, with no other header fields than `Host`, `Accept`, `User-Agent` and `Connection`, each at most once
/// and of a common value, and nothing after it.
///
/// What differs in the least goes to the HTTP decoder. So this need not know HTTP, only a part of it: what is accepted
/// here the decoder would accept too, with the same meaning.
package struct PlainTokenRequest {
    package private(set) var account = ""
    package private(set) var form = TokenForm.json
    package private(set) var isLast = false

    /// Longer requests are not plain.
    static let longest = 1024

    /// Reads a request; `nil` when it is not plain, or not whole.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.longest else { return nil }
        var cursor = Cursor(bytes)
        guard cursor.skip("GET /v1/accounts/"), let name = cursor.upTo("/"), AccountName.isValid(name),
            cursor.skip("/token HTTP/1.1\r\n")
        else { return nil }
        var (hasHost, hasAccept, hasUserAgent, hasConnection) = (false, false, false, false)
        while !cursor.skip("\r\n") {
            if !hasHost, cursor.skip("Host: ") || cursor.skip("host: ") {
                hasHost = true
                guard cursor.skip("tokend") || cursor.skip("localhost") else { return nil }
            } else if !hasAccept, cursor.skip("Accept: ") || cursor.skip("accept: ") {
                hasAccept = true
                if cursor.skip("text/plain") {
                    form = .plain
                } else if !cursor.skip("application/json"), !cursor.skip("*/*") {
                    return nil
                }
            } else if !hasUserAgent, cursor.skip("User-Agent: ") || cursor.skip("user-agent: ") {
                hasUserAgent = true
                guard let value = cursor.upTo("\r"), value.allSatisfy({ 0x20...0x7E ~= $0 }) else { return nil }
            } else if !hasConnection, cursor.skip("Connection: ") || cursor.skip("connection: ") {
                hasConnection = true
                isLast = cursor.skip("close")
                if !isLast, !cursor.skip("keep-alive") { return nil }
            } else {
                return nil
            }
            guard cursor.skip("\r\n") else { return nil }
        }
        guard cursor.isAtEnd else { return nil }
        account = String(decoding: name, as: UTF8.self)
    }
}

/// A place in bytes that are read once, from front to back.
private struct Cursor {
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// Steps over a text if it comes next.
    mutating func skip(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard length <= rest.count, let start = rest.baseAddress, memcmp(start, text.utf8Start, length) == 0 else {
            return false
        }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length))
        return true
    }

    /// Steps to the next such character; `nil` when there is none.
    mutating func upTo(_ character: Unicode.Scalar) -> UnsafeRawBufferPointer? {
        guard let index = rest.firstIndex(of: UInt8(ascii: character)) else { return nil }
        defer { rest = UnsafeRawBufferPointer(rebasing: rest[index...]) }
        return UnsafeRawBufferPointer(rebasing: rest[..<index])
    }
}
