import HTTPTypes
import OAuth

extension Instant {
    /// 2026-11-23T05:33:00Z.
    static let example = Instant(wall: .seconds(1_795_411_980), boot: .seconds(5000), bootID: "one")
}

extension EndpointReply {
    /// A reply with status 200.
    static func example(_ body: String) -> EndpointReply { example(200, body) }

    /// A reply as an issuer would send it at the example moment.
    static func example(
        _ status: Int,
        _ body: String,
        _ fields: HTTPFields = [.contentType: "application/json"],
        sentAt: Instant = .example
    ) -> EndpointReply {
        EndpointReply(
            head: HTTPResponse(status: .init(code: status), headerFields: fields),
            body: Array(body.utf8),
            sentAt: sentAt
        )
    }
}

extension EndpointRequest {
    /// The form in it.
    var form: String { String(decoding: body, as: UTF8.self) }
    /// Where it goes.
    var url: String { "\(head.scheme ?? "")://\(head.authority ?? "")\(head.path ?? "")" }
}

/// What a call throws; `nil` when it succeeds.
func failure<Value>(of call: () throws(Failure) -> Value) -> Failure? {
    do throws(Failure) {
        _ = try call()
        return nil
    } catch {
        return error
    }
}
