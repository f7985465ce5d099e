/// One member of a JSON object from outside, read on its own: a wrong type in one place must not hide what stands in
/// another, above all not a rotated refresh token.
package enum Member<Value: Decodable & Sendable>: Sendable {
    /// Not there, or `null`.
    case absent
    case present(Value)
    /// There, but of a type or form that it cannot have.
    case unusable

    /// The value, where there is a usable one.
    package var value: Value? {
        if case .present(let value) = self { value } else { nil }
    }
}

extension KeyedDecodingContainer {
    /// Reads a member without ever failing.
    package func member<Value: Decodable & Sendable>(_ key: Key) -> Member<Value> {
        do {
            return try decodeIfPresent(Value.self, forKey: key).map(Member.present) ?? .absent
        } catch {
            return .unusable
        }
    }
}

/// A number that an issuer may also write as a decimal string, as several do with `expires_in`.
package struct DecimalNumber: Decodable, Sendable {
    package var value: Double

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            value = number
            return
        }
        let text = try container.decode(String.self)
        let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard isDecimal, let number = Double(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a decimal number")
        }
        value = number
    }
}
