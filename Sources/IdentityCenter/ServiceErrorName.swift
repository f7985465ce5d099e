import HTTPTypes
import OAuth

extension EndpointReply {
    /// The name of the exception that a service of AWS answers with, such as `SlowDownException`; `nil` when it names
    /// none.
    ///
    /// It stands in the field `x-amzn-ErrorType`, else in the member `__type`, `code` or `error`, and may have a namespace
    /// before it (up to `#`) and an address after it (from `:`).
    var serviceErrorCode: String? { serviceErrorName(in: try? object(ServiceErrorMembers.self)) }

    /// The same, with the body already read.
    func serviceErrorName(in members: ServiceErrorMembers?) -> String? {
        let places = [
            head.headerFields[values: .amznErrorType].first, members?.type.value, members?.code.value,
            members?.capitalCode.value, members?.error.value,
        ]
        return places.lazy.compactMap(\.self).map(Self.bareName).first { !$0.isEmpty }
    }

    private static func bareName(_ text: String) -> String {
        let beforeAddress = text.prefix { $0 != ":" }
        let name = beforeAddress.split(separator: "#", omittingEmptySubsequences: false).last ?? ""
        return String(name).displayable(atMost: 64)
    }
}

/// What an error's body may hold, each member read on its own.
struct ServiceErrorMembers: Decodable {
    var type: Member<String>
    var code: Member<String>
    var capitalCode: Member<String>
    var error: Member<String>
    var description: Member<String>
    var message: Member<String>
    var capitalMessage: Member<String>
    var reason: Member<String>
    var endpoint: Member<String>
    var region: Member<String>

    private enum CodingKeys: String, CodingKey {
        case type = "__type"
        case code
        case capitalCode = "Code"
        case error
        case description = "error_description"
        case message
        case capitalMessage = "Message"
        case reason
        case endpoint
        case region
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        type = members.member(.type)
        code = members.member(.code)
        capitalCode = members.member(.capitalCode)
        error = members.member(.error)
        description = members.member(.description)
        message = members.member(.message)
        capitalMessage = members.member(.capitalMessage)
        reason = members.member(.reason)
        endpoint = members.member(.endpoint)
        region = members.member(.region)
    }
}

extension HTTPField.Name {
    static let amznErrorType = Self(known: "x-amzn-ErrorType")
}
