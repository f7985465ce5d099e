import OAuth

// A moment takes three columns: `…_wall` and `…_boot` in milliseconds and `…_boot_id`; all three are `NULL` for none.
extension Instant {
    /// The names of the three columns.
    static func columns(_ name: String) -> [String] { ["\(name)_wall", "\(name)_boot", "\(name)_boot_id"] }

    /// The values of the three columns.
    static func values(_ instant: Instant?) -> [SQLValue] {
        guard let instant else { return [.null, .null, .null] }
        return [
            .integer(instant.wall.wholeMilliseconds), .integer(instant.boot.wholeMilliseconds), .text(instant.bootID),
        ]
    }
}

extension Row {
    /// The next three columns as a moment; `nil` when they are `NULL`.
    mutating func instantIfAny() throws(SQLiteError) -> Instant? {
        let (wall, boot, bootID) = (try integerIfAny(), try integerIfAny(), try textIfAny())
        guard let wall, let boot, let bootID else { return nil }
        return Instant(wall: .milliseconds(wall), boot: .milliseconds(boot), bootID: bootID)
    }
}

extension Duration {
    /// Milliseconds, rounded toward zero.
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
