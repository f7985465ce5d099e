import Foundation
import LocalAPI

/// A line of `tokenctl events`.
struct EventLine: Decodable, Sendable {
    struct Data: Decodable, Sendable {
        var account: String?
        var state: String?
        var code: String?
    }

    var id: UInt64
    var event: String
    var data: Data
}

extension Program.Progress {
    /// The events of a kind and an account among the lines that `tokenctl events` has written so far.
    func events(_ kind: ServerEvent.Kind, of account: String) -> [EventLine] {
        outputBytes.split(separator: UInt8(ascii: "\n"))
            .compactMap { try? JSONDecoder().decode(EventLine.self, from: Foundation.Data($0)) }
            .filter { $0.event == kind.rawValue && $0.data.account == account }
    }
}
