/// A way in which one request goes wrong.
package struct Fault: Sendable, Hashable {
    /// How the log calls it.
    package var name: String
    /// Whether the issuer does what the request asks, so that only the answer suffers.
    package var acts: Bool
    /// Time between the request and the answer.
    package var delay: Duration = .zero
    /// What is answered; `nil` is the issuer's own answer.
    package var answer: Response?
    package var delivery: Delivery = .whole

    /// The same, but the issuer first does what the request asks.
    package func afterCommit() -> Fault {
        var fault = self
        fault.acts = true
        fault.name += " after commit"
        return fault
    }

    /// The same, later.
    package func delayed(by delay: Duration) -> Fault {
        var fault = self
        fault.delay = delay
        return fault
    }
}

/// How an answer reaches the client.
package enum Delivery: Sendable, Hashable {
    case whole
    /// `Content-Length` promises more than comes; then the connection ends.
    case truncated
    /// One byte of the body at a time, with a pause before each.
    case slow(pause: Duration)
    /// No answer: the connection is reset.
    case reset
    /// No answer: the connection is closed in order.
    case close
    /// No answer: the connection stays open until the client or the issuer ends.
    case hang
}

extension Fault {
    /// The issuer's own answer, later.
    package static func delay(_ delay: Duration) -> Fault { Fault(name: "delay", acts: true, delay: delay) }
    /// The issuer's own answer, without its end.
    package static let truncated = Fault(name: "truncated", acts: true, delivery: .truncated)
    /// The issuer's own answer, byte by byte.
    package static func slow(pause: Duration) -> Fault {
        Fault(name: "slow", acts: true, delivery: .slow(pause: pause))
    }
    package static let commitThenDrop = close.afterCommit()
    package static let commitThenHang = hang.afterCommit()

    package static let reset = Fault(name: "reset", acts: false, delivery: .reset)
    package static let close = Fault(name: "close", acts: false, delivery: .close)
    package static let hang = Fault(name: "hang", acts: false, delivery: .hang)

    /// An answer of any status, such as a 503 with `Retry-After`.
    package static func status(_ status: Int, headers: [String: String] = [:], body: String = "") -> Fault {
        Fault(
            name: String(status),
            acts: false,
            answer: Response(status, headers: headers, body: Array(body.utf8))
        )
    }
    /// 200 with a body that is no JSON, though it claims to be.
    package static let garbage = answering("garbage", .init(200, headers: json, body: [0x7B, 0xFF, 0x00, 0x22, 0x80]))
    /// 200 with a page, as a network sends that wants a log-in of its own first.
    package static let html = answering(
        "html",
        Response(
            200,
            headers: ["Content-Type": "text/html"],
            body: Array("<!doctype html><title>Welcome</title><h1>Accept the terms to go online</h1>".utf8)
        )
    )
    package static func redirect(to location: String) -> Fault {
        answering("redirect", Response(307, headers: ["Location": location]))
    }
    /// 200 with a JSON body of so many bytes.
    package static func huge(bytes: Int) -> Fault {
        let frame = #"{"access_token":""}"#
        let body = frame.dropLast(2) + String(repeating: "x", count: max(0, bytes - frame.utf8.count)) + #""}"#
        return answering("huge", Response(200, headers: json, body: Array(body.utf8)))
    }
    package static let pending = error("authorization_pending")
    /// `slow_down`, with an `interval` member where one is given.
    package static func slowDown(interval: Int? = nil) -> Fault {
        var members: [String: JSON] = ["error": "slow_down"]
        if let interval { members["interval"] = .integer(interval) }
        return answering("slow_down", .json(.object(members), status: 400))
    }
    /// An OAuth error (RFC 6749 section 5.2).
    package static func error(_ code: String, description: String? = nil, status: Int = 400) -> Fault {
        var members: [String: JSON] = ["error": .string(code)]
        if let description { members["error_description"] = .string(description) }
        return answering(code, .json(.object(members), status: status))
    }

    private static let json = ["Content-Type": "application/json"]

    private static func answering(_ name: String, _ answer: Response) -> Fault {
        Fault(name: name, acts: false, answer: answer)
    }
}
