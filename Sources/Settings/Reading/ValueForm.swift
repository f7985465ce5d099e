/// How the value of a key is written, and what it means: turns an entry of the file into a value, or notes why it cannot.
struct ValueForm<Value: Sendable>: Sendable {
    /// Reads an entry. It returns `nil` only when it has noted an error.
    let read: @Sendable (_ entry: Entry, _ reading: inout Reading) -> Value?

    /// The form of a value that is made of this one.
    func map<New>(_ convert: @escaping @Sendable (Value) throws(Refusal) -> New) -> ValueForm<New> {
        ValueForm<New> { entry, reading in
            guard let value = read(entry, &reading) else { return nil }
            do throws(Refusal) {
                return try convert(value)
            } catch {
                return reading.refuse(entry, error.reason)
            }
        }
    }
}

/// Why a value is not usable though its type is right.
struct Refusal: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

extension ValueForm<String> {
    /// Any string. `expectation` says with its article what is looked for.
    static func string(_ expectation: String = "a string") -> ValueForm<String> {
        ValueForm { entry, reading in
            guard case .string(let text) = entry.value else {
                return reading.refuse(entry, "expected \(expectation), found \(entry.value.kind)")
            }
            return text
        }
    }

    /// A string that is not empty.
    static func text(_ expectation: String = "a string") -> ValueForm<String> {
        string(expectation).map { text throws(Refusal) in
            guard !text.isEmpty else { throw Refusal("expected \(expectation), found an empty one") }
            return text
        }
    }

    /// The path of a file, absolute or from the home directory, `~/`; as a value it is absolute.
    static var path: ValueForm<String> {
        ValueForm { entry, reading in
            guard let text = ValueForm.text("a path").read(entry, &reading) else { return nil }
            if text.hasPrefix("/") { return text }
            guard text.hasPrefix("~/") else {
                return reading.refuse(entry, "a path begins with `/`, or with `~/` for the home directory")
            }
            guard let home = reading.home else {
                return reading.refuse(entry, "`~` has no meaning because HOME is not set")
            }
            return home + text.dropFirst()
        }
    }
}

extension ValueForm where Value: RawRepresentable<String> & CaseIterable {
    /// One of a few words. `subject` is what they are called: `log level`.
    static func word(_ subject: String) -> ValueForm<Value> {
        ValueForm<String>.string().map { text throws(Refusal) in
            guard let value = Value(rawValue: text) else {
                let words = Value.allCases.map(\.rawValue)
                throw Refusal("`\(text)` is not a \(subject)" + suggestion(for: text, among: words))
            }
            return value
        }
    }
}

extension ValueForm {
    /// An array whose elements all have one form.
    static func list<Element>(of element: ValueForm<Element>, _ expectation: String = "an array of strings")
        -> ValueForm<[Element]>
    where Value == [Element] {
        ValueForm { entry, reading in
            guard case .array(let nodes) = entry.value else {
                return reading.refuse(entry, "expected \(expectation), found \(entry.value.kind)")
            }
            let values = nodes.map { node in
                element.read(Entry(key: entry.key, position: entry.position, value: node), &reading)
            }
            return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
        }
    }

    /// A table whose keys are the reader's own choice.
    static func dictionary<Element>(of element: ValueForm<Element>) -> ValueForm<[String: Element]>
    where Value == [String: Element] {
        ValueForm { entry, reading in
            guard let table = reading.table(entry, named: entry.key) else { return nil }
            var values: [String: Element] = [:]
            for entry in table.entries {
                guard let value = element.read(entry, &reading) else { continue }
                values[entry.key] = value
            }
            return values.count == table.entries.count ? values : nil
        }
    }
}
