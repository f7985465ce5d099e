/// The text form of metrics (OpenMetrics 1.0).
package struct OpenMetrics {
    /// What a number tells.
    package enum Kind: String {
        case gauge
        case counter
        case info

        /// What the samples' names end with.
        fileprivate var suffix: String {
            switch self {
            case .gauge: ""
            case .counter: "_total"
            case .info: "_info"
            }
        }
    }

    private var text = ""

    /// Begins without any.
    package init() {}

    /// Adds a family with its samples, each with its labels.
    package mutating func add(
        _ name: String,
        _ kind: Kind,
        _ help: String,
        _ samples: [(labels: [String: String], value: Double)]
    ) {
        text += "# TYPE \(name) \(kind.rawValue)\n# HELP \(name) \(help)\n"
        for sample in samples {
            let labels = sample.labels.sorted { $0.key < $1.key }
                .map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            text += "\(name)\(kind.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(sample.value))\n"
        }
    }

    /// The whole exposition, with the line that ends it.
    package var finished: String { text + "# EOF\n" }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
    }

    private static func escaped(_ value: String) -> String {
        value.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(scalar)
            }
        }.joined()
    }
}
