/// A fault as a script asks for it: `{"endpoint":"token","fault":"status","status":503,"headers":{"Retry-After":"5"}}`.
///
/// `fault` is one of `delay`, `truncated`, `slow`, `reset`, `close`, `hang`, `status`, `garbage`, `html`, `redirect`,
/// `huge`, `pending`, `slow_down`, `error`, and at AWS's operations `exception`. Times are in seconds and may have a
/// fraction.
struct FaultRequest: Decodable {
    /// As many as anyone could want, without filling the memory.
    static let maxTimes = 100_000

    var endpoint: String
    var fault: String
    /// How many requests it strikes; 1 when absent.
    var times: Int?
    /// Time before the answer.
    var delay: Double?
    /// Whether the issuer acts on the request before the answer goes wrong.
    var commit: Bool?
    /// Of `status`, `error` and `exception`.
    var status: Int?
    var headers: [String: String]?
    var body: String?
    /// Of `error`.
    var error: String?
    var description: String?
    /// Of `exception`: AWS's name of it, and what stands beside the message.
    var exception: String?
    var members: [String: String]?
    /// Of `slow_down`.
    var interval: Int?
    /// Of `slow`: before each byte.
    var pause: Double?
    /// Of `redirect`.
    var location: String?
    /// Of `huge`.
    var bytes: Int?

    /// The fault that is asked for.
    func made(at endpoint: Endpoint) throws(ControlError) -> Fault {
        let plain = try named(at: endpoint).delayed(by: .seconds(delay ?? 0))
        return commit == true ? plain.afterCommit() : plain
    }

    private func named(at endpoint: Endpoint) throws(ControlError) -> Fault {
        switch fault {
        case "delay": .delay(.zero)
        case "truncated": .truncated
        case "slow": .slow(pause: .seconds(pause ?? 0.1))
        case "reset": .reset
        case "close": .close
        case "hang": .hang
        case "status": .status(try required(status, "status"), headers: headers ?? [:], body: body ?? "")
        case "garbage": .garbage
        case "html": .html
        case "redirect": .redirect(to: try required(location, "location"))
        case "huge": .huge(bytes: bytes ?? 2_097_152)
        case "pending": .pending
        case "slow_down": .slowDown(interval: interval)
        case "error": .error(try required(error, "error"), description: description, status: status ?? 400)
        case "exception": try exception(at: endpoint)
        default: throw ControlError("no such fault: \(fault)")
        }
    }

    private func required<Value>(_ value: Value?, _ name: String) throws(ControlError) -> Value {
        guard let value else { throw ControlError("the fault \(fault) needs \(name)") }
        return value
    }
}
