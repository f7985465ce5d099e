/// Any JSON value, to look into documents whose form is under test.
indirect enum JSON: Hashable, Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSON].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    subscript(key: String) -> JSON? { object[key] }

    var object: [String: JSON] {
        if case .object(let members) = self { members } else { [:] }
    }

    var array: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value and all that is inside of it.
    var everything: [JSON] {
        switch self {
        case .array(let elements): [self] + elements.flatMap(\.everything)
        case .object(let members): [self] + members.values.flatMap(\.everything)
        case .null, .bool, .number, .string: [self]
        }
    }
}
