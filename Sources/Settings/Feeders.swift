/// Checks that every account that another one feeds on is there, and that none feeds on itself by way of others: such a
/// circle would never get its first token.
func checkFeeders(_ accounts: [AccountSettings], in document: Document, _ reading: inout Reading) {
    let feeders = Dictionary(accounts.map { ($0.name, $0.provider.feeders) }) { first, _ in first }
    let tables = document.entries.first { $0.key == "account" }.flatMap { entry -> [Entry]? in
        guard case .table(let entries) = entry.value else { return nil }
        return entries
    }
    for account in accounts {
        guard let entry = tables?.first(where: { $0.key == account.name }) else { continue }
        for feeder in account.provider.feeders where !(tables ?? []).contains(where: { $0.key == feeder }) {
            reading.fail(
                at: entry.position,
                "[account.\(account.name)] is fed by `\(feeder)`, which is no account"
                    + suggestion(for: feeder, among: accounts.map(\.name).filter { $0 != account.name })
            )
        }
        if let circle = circle(from: account.name, through: feeders) {
            reading.fail(
                at: entry.position,
                "these accounts feed each other in a circle: " + circle.joined(separator: " → ")
            )
        }
    }
}

/// The way from an account back to itself along those that feed it; `nil` when there is none.
private func circle(from start: String, through feeders: [String: [String]]) -> [String]? {
    var open = [[start]]
    var seen: Set<String> = []
    while let way = open.popLast() {
        for next in feeders[way.last ?? start] ?? [] {
            if next == start { return way + [start] }
            if seen.insert(next).inserted { open.append(way + [next]) }
        }
    }
    return nil
}
