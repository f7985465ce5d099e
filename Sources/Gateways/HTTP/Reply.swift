internal import FoundationEssentials
internal import LocalAPI
internal import NIOCore
internal import NIOHTTP1

/// A whole reply as a value.
///
/// Replies are rendered here and not by NIOHTTP1's encoder: head and body leave in one write.
struct Reply: Sendable {
    var status: Int
    /// Header fields beside `content-length` and `connection`, names in lower case.
    var fields: [(name: String, value: String)]
    var body: [UInt8]
    /// Whose credential the body shows, for the audit.
    var handsOut: (credential: Credential, account: String)?

    static let endOfHead = "\r\n\r\n"
    static let keepAlive: StaticString = "keep-alive"
    /// As wide as `keepAlive`; white space after a value is none of it (RFC 9110 section 5.5).
    static let paddedClose: StaticString = "close     "

    /// A secret must not be kept by anyone on its way (RFC 6749 section 5.1).
    private static let notKept = (name: "cache-control", value: "no-store")

    init(status: Int = 200, fields: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A reply with a body of a media type.
    init(status: Int = 200, _ mediaType: String, _ body: [UInt8]) {
        self.init(status: status, fields: [("content-type", mediaType)], body: body)
    }

    /// A value of the API as JSON.
    static func json(status: Int = 200, _ value: some Encodable) -> Reply {
        Reply(status: status, "application/json", bytes(of: value))
    }

    /// A token as a reader wants to see it.
    static func token(_ answer: TokenAnswer, kind: TokenQuery.Kind, form: TokenForm) -> Reply {
        var reply =
            switch form {
            case .json: Reply("application/json", TokenBody.json(answer))
            case .plain: Reply("text/plain; charset=utf-8", Array((answer.accessToken ?? "").utf8))
            }
        reply.fields.append(notKept)
        if answer.accessToken != nil { reply.handsOut = (.token(kind), answer.account) }
        return reply
    }

    /// Credentials of a role, of an account of ours.
    static func roleCredentials(
        _ answer: RoleCredentialsAnswer,
        of role: RoleCredentialsRequest,
        account: String
    ) -> Reply {
        var reply = json(answer)
        reply.fields.append(notKept)
        reply.handsOut = (.role(role), account)
        return reply
    }

    /// A problem, with the header fields that belong to it.
    ///
    /// - Parameters:
    ///   - problem: What is wrong.
    ///   - allowed: The methods that fit the path, for `method_not_allowed` (RFC 9110 section 15.5.6).
    /// - Returns: The reply, of the problem's status.
    static func problem(_ problem: Problem, allowed: [String] = []) -> Reply {
        var reply = Reply(status: problem.code.status, "application/problem+json", bytes(of: problem))
        if let seconds = problem.retryAfter { reply.fields.append(("retry-after", String(seconds))) }
        if !allowed.isEmpty { reply.fields.append(("allow", allowed.joined(separator: ", "))) }
        return reply
    }

    /// The reply in one piece.
    ///
    /// - Parameters:
    ///   - isLast: Whether the connection closes after it.
    ///   - omitsBody: Whether only the head may be sent, as in reply to `HEAD` (RFC 9110 section 9.3.2).
    /// - Returns: Head and body, ready to be sent.
    func rendered(isLast: Bool, omitsBody: Bool = false) -> ByteBuffer {
        var head = "HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        // A reply without content has no length either (RFC 9110 section 8.6).
        if status != 204 { head += "content-length: \(body.count)\r\n" }
        head += "connection: \(isLast ? "close" : Self.keepAlive.description)\(Self.endOfHead)"
        var buffer = ByteBuffer()
        buffer.reserveCapacity(head.utf8.count + body.count)
        buffer.writeString(head)
        if !omitsBody { buffer.writeBytes(body) }
        return buffer
    }

    private static func bytes(of value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("the API's types hold strings, numbers and booleans, which are always JSON")
        }
        return Array(data)
    }

    fileprivate static func tokenBytes(of answer: TokenAnswer) -> [UInt8] { bytes(of: answer) }
}

/// What a reader of a token wants to see.
package enum TokenForm: Sendable, Hashable {
    case json
    /// The token alone.
    case plain
}

/// The JSON of a token, in which `expires_in` stands last, in a field of fixed width.
enum TokenBody {
    /// Enough for any lifetime: the longest is ten years.
    static let secondsWidth = 10
    /// What follows the field.
    static let tail = "}"

    static func json(_ answer: TokenAnswer) -> [UInt8] {
        var bytes = Reply.tokenBytes(of: answer)
        let key = Array(#""expires_in":"#.utf8)
        // Inside of a string quotation marks are escaped, so this can only be the member itself.
        guard let start = bytes.firstRange(of: key)?.lowerBound else {
            preconditionFailure("a token's answer always says how long it lives")
        }
        let member = bytes[start...].prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
        bytes.removeSubrange(start...member.endIndex)
        bytes.removeLast(tail.utf8.count)
        let digits = String(answer.expiresIn)
        bytes += Array(",".utf8) + key
        bytes += Array(repeating: UInt8(ascii: " "), count: max(0, secondsWidth - digits.utf8.count))
        bytes += Array((digits + tail).utf8)
        return bytes
    }
}
